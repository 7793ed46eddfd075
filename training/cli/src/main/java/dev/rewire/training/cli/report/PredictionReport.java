package dev.rewire.training.cli.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.rewire.kernels.probe.Provenance;
import dev.rewire.training.Evaluation;
import dev.rewire.training.Predictions;
import dev.rewire.training.TrainedNetwork;
import dev.rewire.training.data.TargetShape;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Predictions for programs. */
public final class PredictionReport {
    private PredictionReport() {}

    /** One JSON object in a line. */
    public static String json(
            Provenance provenance,
            Path checkpoint,
            TrainedNetwork network,
            String data,
            Evaluation evaluation,
            Predictions predictions,
            Environment environment)
            throws JsonProcessingException {
        Map<String, @Nullable Object> json = new LinkedHashMap<>(provenance.toMap());
        json.put("checkpoint", checkpoint.toString());
        json.put("model", network.config().modelText());
        json.put("steps", network.steps());
        json.put("data", data);
        json.put("predicted", evaluation.predictions());
        json.put("loss", evaluation.loss());
        if (network.target() instanceof TargetShape.Values) {
            json.put("predictions", predictions.outputs());
        } else {
            json.put("accuracy", evaluation.accuracy());
            json.put("predictions", predictions.classes());
        }
        json.put("environment", environment);
        return JsonMapper.builder()
                .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                .build()
                .writeValueAsString(json);
    }
}
