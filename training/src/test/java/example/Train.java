package example;

import dev.rewire.training.StepListener;
import dev.rewire.training.TrainingConfig;
import dev.rewire.training.TrainingRun;
import dev.rewire.training.data.ImageData;
import dev.rewire.training.data.source.ImageSource;
import dev.rewire.training.rewiring.Method;
import java.io.IOException;
import java.util.List;

public final class Train {
    public static void main(String[] args) throws IOException {
        // A folder with the four IDX files, or "fashion-mnist", which is fetched
        ImageData images = ImageSource.of(args[0]).load(10, System.err::println);
        TrainingConfig config = TrainingConfig.builder()
                .model(List.of(images.features(), 64, images.classes()))
                .method(Method.RIGL)
                .sparsity(0.9)
                .epochs(2)
                .build();
        try (TrainingRun run = TrainingRun.create(config, images.split())) {
            while (!run.isComplete()) {
                System.out.println(run.trainEpoch(StepListener.NONE));
            }
        }
    }
}
