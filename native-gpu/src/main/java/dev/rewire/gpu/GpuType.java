package dev.rewire.gpu;

import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_COMPUTE_32F;
import static dev.rewire.gpu.internal.binding.CusparseConstants.CUSPARSE_COMPUTE_32I;

import dev.rewire.kernels.io.DType;
import java.util.List;

/** What sparse tensor cores multiply: the type of both operands, the sparsity that it asks for, and what may come out. */
public enum GpuType {
    /** IEEE 754 binary16, 2:4; sums in 32-bit floats. */
    F16(DType.F16, 2, 4, List.of(DType.F16)),
    /** bfloat16, 2:4; sums in 32-bit floats. */
    BF16(DType.BF16, 2, 4, List.of(DType.BF16)),
    /** 8-bit integers, 2:4; sums in 32-bit integers. The first result is exact while no sum overflows; the others are scaled and rounded. */
    I8(DType.I8, 2, 4, List.of(DType.I32, DType.I8, DType.F16, DType.BF16)),
    /**
     * 32-bit floats, stored whole and <b>rounded to TF32</b>, 11 bits of precision, when they are multiplied: not exact fp32. The sparsity is
     * <b>1:2</b>, not 2:4. Sums in 32-bit floats.
     */
    TF32(DType.F32, 1, 2, List.of(DType.F32));

    private final DType element;
    private final int n;
    private final int m;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
    private final List<DType> results;

    GpuType(DType element, int n, int m, List<DType> results) {
        this.element = element;
        this.n = n;
        this.m = m;
        this.results = results;
    }

    /**
     * How weights and samples are stored.
     *
     * @return the type of an element
     */
    public DType element() {
        return element;
    }

    /**
     * Elements kept of each group.
     *
     * @return 2, for TF32 1
     */
    public int n() {
        return n;
    }

    /**
     * Elements of a group.
     *
     * @return 4, for TF32 2
     */
    public int m() {
        return m;
    }

    /**
     * How results may be stored.
     *
     * @return the types, the usual one first
     */
    public List<DType> results() {
        return results;
    }

    /**
     * What outputs and inputs of a layer have to be multiples of: 32 bytes of elements, as cuSPARSELt asks of a sparse matrix.
     *
     * @return 16, for I8 32, for TF32 8
     */
    public int multiple() {
        return 32 / Elements.bytes(element);
    }

    /**
     * The largest relative error of an operand that is rounded to this type from a 32-bit float.
     *
     * @return the unit roundoff: 2⁻¹¹ for F16 and TF32, 2⁻⁸ for BF16; 0 for I8, which holds integers
     */
    public double unitRoundoff() {
        return switch (this) {
            case F16, TF32 -> 0x1p-11;
            case BF16 -> 0x1p-8;
            case I8 -> 0;
        };
    }

    int compute() {
        return this == I8 ? CUSPARSE_COMPUTE_32I : CUSPARSE_COMPUTE_32F;
    }

    /** How cuSPARSELt reads a bias. */
    DType bias(DType result) {
        return this == I8 ? DType.F32 : result;
    }
}
