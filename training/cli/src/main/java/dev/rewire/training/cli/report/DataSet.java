package dev.rewire.training.cli.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.data.SampleShape;
import dev.rewire.training.data.TargetShape;
import org.jspecify.annotations.Nullable;

/**
 * What a run learns from; what is null has no meaning for it.
 *
 * @param name a data set, a folder or a file, as {@code --data} has it
 * @param height of an image, in pixels
 * @param width of an image, in pixels
 * @param channels of an image, where there are several
 * @param features of a row of a table
 * @param window tokens of a sequence
 * @param vocabulary how many tokens there are
 * @param classes how many the network tells apart
 * @param values how many numbers are predicted
 * @param sha256 of the training samples with their targets
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DataSet(
        String name,
        @Nullable Integer height,
        @Nullable Integer width,
        @Nullable Integer channels,
        @Nullable Integer features,
        @Nullable Integer window,
        @Nullable Integer vocabulary,
        @Nullable Integer classes,
        @Nullable Integer values,
        String sha256) {
    public static DataSet of(String name, TrainingRun run) {
        SampleShape shape = run.data().shape();
        TargetShape target = run.data().target();
        SampleShape.Image image = shape instanceof SampleShape.Image is ? is : null;
        SampleShape.Tokens tokens = shape instanceof SampleShape.Tokens are ? are : null;
        return new DataSet(
                name,
                image == null ? null : image.height(),
                image == null ? null : image.width(),
                image == null || image.channels() == 1 ? null : image.channels(),
                shape instanceof SampleShape.Features features ? features.count() : null,
                tokens == null ? null : tokens.length(),
                tokens == null ? null : tokens.vocabulary(),
                target instanceof TargetShape.Classes classes ? classes.count() : null,
                target instanceof TargetShape.Values values ? values.count() : null,
                run.dataHash());
    }
}
