package dev.rewire.training.cli.option;

import dev.rewire.training.model.Model;
import dev.rewire.training.model.Presets;
import dev.rewire.training.setting.InvalidConfigException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A value of {@code --model}. */
final class ModelConverter implements ITypeConverter<Model> {
    @Override
    public Model convert(String value) {
        try {
            return Presets.parse(value);
        } catch (InvalidConfigException e) {
            throw new TypeConversionException(e.accepted());
        }
    }
}
