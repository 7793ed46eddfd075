package dev.rewire.kernels.probe;

import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a result comes from: what every JSON object of Rewire says first.
 *
 * @param build which Rewire
 * @param date when
 * @param command what was typed, so that it can be again
 */
public record Provenance(Build build, ZonedDateTime date, String command) {
    /**
     * That of a command that runs now.
     *
     * @param name of the command, as {@code rewire spmm}
     * @param arguments that it was given
     * @return this build, this moment and the command, quoted where a shell needs it
     */
    public static Provenance now(String name, List<String> arguments) {
        StringBuilder command = new StringBuilder(name);
        arguments.forEach(argument -> command.append(' ').append(quoted(argument)));
        return new Provenance(
                Build.current(),
                ZonedDateTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS),
                command.toString());
    }

    private static String quoted(String argument) {
        return argument.matches("[\\w@%+=:,./×-]+") ? argument : "'" + argument.replace("'", "'\\''") + "'";
    }

    /**
     * The same for programs.
     *
     * @return {@code rewire}, {@code date} as ISO 8601 has it, {@code command}
     */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("rewire", build.toMap());
        map.put("date", date.format(DateTimeFormatter.ISO_OFFSET_DATE_TIME));
        map.put("command", command);
        return map;
    }
}
