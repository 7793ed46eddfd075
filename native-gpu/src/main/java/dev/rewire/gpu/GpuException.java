package dev.rewire.gpu;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A call of the CUDA driver, cuSPARSELt or cuBLASLt has failed. The message has the call with its arguments, the status by name and number,
 * and the library's own words.
 *
 * <p>After some failures, an illegal address in a kernel for one, CUDA answers every further call in this process with the same error: then
 * {@link #contextLost} is true, what the device holds is gone, and only a new process can use the device again.
 */
public final class GpuException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The status. */
    private final int code;

    /** The status by its name. */
    private final String name;

    /** The function that failed. */
    private final String call;

    /** Whether the process cannot use the device any more. */
    private final boolean contextLost;

    /** Not serialised: any object may be among them, and the message has their text. */
    private final transient List<Object> arguments;

    /**
     * A failure.
     *
     * @param code the status
     * @param name of the status in the header
     * @param text the library's words, may be empty
     * @param call the function's name
     * @param arguments that the function was given, as far as they help
     * @param contextLost whether the process cannot use the device any more
     */
    public GpuException(int code, String name, String text, String call, List<Object> arguments, boolean contextLost) {
        super(message(code, name, text, call, arguments, contextLost));
        this.code = code;
        this.name = name;
        this.call = call;
        this.arguments = List.copyOf(arguments);
        this.contextLost = contextLost;
    }

    private static String message(
            int code, String name, String text, String call, List<Object> arguments, boolean contextLost) {
        return call + arguments.stream().map(String::valueOf).collect(Collectors.joining(", ", "(", ")"))
                + ": " + name + " (" + code + ")"
                + (text.isEmpty() ? "" : ", " + text)
                + (contextLost ? "; the CUDA context is lost: only a new process can use the device again" : "");
    }

    @Override
    public String getMessage() {
        return String.valueOf(super.getMessage());
    }

    /**
     * The status.
     *
     * @return the number that the function returned
     */
    public int code() {
        return code;
    }

    /**
     * The status by its name.
     *
     * @return as the header has it, such as CUDA_ERROR_OUT_OF_MEMORY
     */
    public String name() {
        return name;
    }

    /**
     * The function that failed.
     *
     * @return its name, such as cuMemAlloc
     */
    public String call() {
        return call;
    }

    /**
     * What the function was given.
     *
     * @return the arguments that help; empty in an exception that was read from a stream
     */
    public List<Object> arguments() {
        return arguments == null ? List.of() : arguments;
    }

    /**
     * Whether the process cannot use the device any more.
     *
     * @return true if every further call will fail
     */
    public boolean contextLost() {
        return contextLost;
    }
}
