package dev.rewire.gpu.internal.binding;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.rewire.gpu.CxxCompiler;
import dev.rewire.gpu.NvidiaFiles;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Our constants beside the real headers: a C++ program prints what each name means there. */
class ConstantsTest {
    private static final List<String> OPAQUE = List.of(
            "cusparseLtHandle_t",
            "cusparseLtMatDescriptor_t",
            "cusparseLtMatmulDescriptor_t",
            "cusparseLtMatmulAlgSelection_t",
            "cusparseLtMatmulPlan_t");

    /** An error of cuda.h with the comment before it. */
    private static final Pattern ERROR =
            Pattern.compile("/\\*\\*((?:(?!\\*/).)*)\\*/\\s*(CUDA_ERROR_\\w+)\\s*=\\s*(\\d+)", Pattern.DOTALL);

    @TempDir
    Path folder;

    @Test
    void valuesOfCudaAreThoseOfTheHeader() throws Exception {
        Map<String, Long> ours = constants(CudaConstants.class);
        assertEquals(
                ours,
                values(
                        List.of("cuda.h", "library_types.h"),
                        List.copyOf(ours.keySet()),
                        List.of(NvidiaFiles.toolkitHeaders())));
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void valuesOfCusparseLtAreThoseOfTheHeader(NvidiaFiles files) throws Exception {
        Map<String, Long> ours = constants(CusparseConstants.class);
        for (int status = 0; status < CusparseConstants.STATUS_NAMES.size(); status++) {
            ours.put(CusparseConstants.STATUS_NAMES.get(status), (long) status);
        }
        assertEquals(ours, values(List.of("cusparseLt.h"), List.copyOf(ours.keySet()), headers(files)));
    }

    @ParameterizedTest
    @EnumSource(names = {"CUSPARSELT", "CUSPARSELT_NEWEST"})
    void opaqueStructsFitIntoWhatWeReserve(NvidiaFiles files) throws Exception {
        List<String> expressions = OPAQUE.stream()
                .flatMap(type -> List.of("sizeof(" + type + ")", "alignof(" + type + ")").stream())
                .toList();
        Map<String, Long> theirs = values(List.of("cusparseLt.h"), expressions, headers(files));
        for (String type : OPAQUE) {
            assertTrue(theirs.get("sizeof(" + type + ")") <= CusparseConstants.STRUCT_BYTES, theirs.toString());
            assertEquals(
                    0, CusparseConstants.STRUCT_ALIGNMENT % theirs.get("alignof(" + type + ")"), theirs.toString());
        }
    }

    @Test
    void valuesOfCublasLtAreThoseOfTheHeader() throws Exception {
        Map<String, Long> ours = constants(CublasConstants.class);
        List<Path> headers = List.of(NvidiaFiles.CUBLAS.headers(), NvidiaFiles.toolkitHeaders());
        assertEquals(ours, values(List.of("cublasLt.h"), List.copyOf(ours.keySet()), headers));
    }

    @Test
    void membersOfAHeuristicResultLieWhereTheHeaderHasThem() throws Exception {
        String type = "cublasLtMatmulHeuristicResult_t";
        MemoryLayout layout = CublasConstants.HEURISTIC_RESULT;
        Map<String, Long> ours = new LinkedHashMap<>();
        ours.put("sizeof(" + type + ")", layout.byteSize());
        ours.put("alignof(" + type + ")", layout.byteAlignment());
        for (MemoryLayout member : CublasConstants.HEURISTIC_RESULT.memberLayouts()) {
            String name = member.name().orElseThrow();
            ours.put("offsetof(" + type + ", " + name + ")", layout.byteOffset(PathElement.groupElement(name)));
            ours.put("sizeof(" + type + "::" + name + ")", member.byteSize());
        }
        List<Path> headers = List.of(NvidiaFiles.CUBLAS.headers(), NvidiaFiles.toolkitHeaders());
        assertEquals(ours, values(List.of("cublasLt.h"), List.copyOf(ours.keySet()), headers));
    }

    @Test
    void anErrorLosesTheContextWhereTheHeaderSaysThatTheProcessMustEnd() throws Exception {
        String header = Files.readString(NvidiaFiles.toolkitHeaders().resolve("cuda.h"));
        TreeSet<Integer> fatal = new TreeSet<>();
        Matcher error = ERROR.matcher(header);
        while (error.find()) {
            String comment = error.group(1).replaceAll("\\s*\\n\\s*\\*\\s*", " ");
            if (comment.contains("must be terminated") || comment.contains("context cannot be used anymore")) {
                fatal.add(Integer.parseInt(error.group(3)));
            }
        }
        assertTrue(fatal.size() > 10, "the comments of cuda.h read otherwise than expected: " + fatal);
        // Of these the header says less: the driver shuts down, memory or a link has failed, the context is gone.
        fatal.addAll(List.of(
                CudaConstants.CUDA_ERROR_DEINITIALIZED,
                CudaConstants.CUDA_ERROR_ECC_UNCORRECTABLE,
                CudaConstants.CUDA_ERROR_NVLINK_UNCORRECTABLE,
                CudaConstants.CUDA_ERROR_CONTEXT_IS_DESTROYED));
        assertEquals(
                List.copyOf(fatal),
                Arrays.stream(CudaConstants.CONTEXT_LOST).boxed().toList());
    }

    private static List<Path> headers(NvidiaFiles cusparselt) throws Exception {
        List<Path> headers = new ArrayList<>(List.of(cusparselt.headers()));
        headers.addAll(NvidiaFiles.cudaHeaders());
        return headers;
    }

    private static Map<String, Long> constants(Class<?> holder) throws IllegalAccessException {
        Map<String, Long> values = new LinkedHashMap<>();
        for (Field field : holder.getFields()) {
            if (field.getType() == int.class) {
                values.put(field.getName(), (long) field.getInt(null));
            }
        }
        return values;
    }

    /** What a C++ compiler makes of expressions. */
    private Map<String, Long> values(List<String> includes, List<String> expressions, List<Path> headers)
            throws Exception {
        StringBuilder source = new StringBuilder("#include <cstddef>\n#include <cstdio>\n");
        includes.forEach(include -> source.append("#include <").append(include).append(">\n"));
        source.append("int main() {\n");
        for (String expression : expressions) {
            source.append("    std::printf(\"%s\\t%lld\\n\", \"")
                    .append(expression)
                    .append("\", (long long) (")
                    .append(expression)
                    .append("));\n");
        }
        String output = CxxCompiler.output(folder, "values", source + "}\n", headers);
        Map<String, Long> values = new LinkedHashMap<>();
        output.lines().map(line -> line.split("\t", -1)).forEach(line -> values.put(line[0], Long.valueOf(line[1])));
        return values;
    }
}
