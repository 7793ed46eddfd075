package dev.rewire.training.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A value of {@code --model}: numbers of features from the input to the logits. */
record Model(List<Integer> features) {
    static final class Converter implements ITypeConverter<Model> {
        @Override
        public Model convert(String value) {
            List<Integer> features = new ArrayList<>();
            for (String size : value.split("-", -1)) {
                try {
                    features.add(Integer.valueOf(size));
                } catch (NumberFormatException e) {
                    throw new TypeConversionException("sizes joined by '-', as 784-1024-10");
                }
            }
            return new Model(List.copyOf(features));
        }
    }

    @Override
    public String toString() {
        return String.join("-", features.stream().map(String::valueOf).toList());
    }
}
