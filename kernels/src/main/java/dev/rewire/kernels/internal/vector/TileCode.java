package dev.rewire.kernels.internal.vector;

import dev.rewire.kernels.ValueType;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Consumer;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorOperators.Associative;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Writes the bytecode of tiles. A tile keeps a rectangle of sums in registers, and C2 does that only for named locals in straight code, so
 * each tile shape needs a method of its own; writing them out here spares dozens of near-copies. Strides and trip counts become constants,
 * which folds address arithmetic into the instructions.
 *
 * <p>The code calls the Vector API directly. Through helpers of our own C2 runs into its inlining limits, and vectors become objects.
 */
public final class TileCode {
    private static final ClassDesc RAW = desc(RawMemory.class);
    private static final ClassDesc VECTOR_TYPES = desc(VectorTypes.class);
    private static final ClassDesc SPECIES = desc(VectorSpecies.class);
    private static final ClassDesc SEGMENT = desc(MemorySegment.class);
    private static final ClassDesc ORDER = desc(ByteOrder.class);
    private static final ClassDesc FLOAT_LAYOUT = desc(ValueLayout.OfFloat.class);
    private static final ClassDesc FLOATS = desc(FloatVector.class);
    private static final ClassDesc INTS = desc(IntVector.class);
    private static final ClassDesc SHORTS = desc(ShortVector.class);
    private static final ClassDesc VECTOR = desc(Vector.class);
    private static final ClassDesc MASK = desc(VectorMask.class);
    private static final ClassDesc SHUFFLE = desc(VectorShuffle.class);
    private static final ClassDesc OPERATORS = desc(VectorOperators.class);
    private static final ClassDesc BINARY = desc(VectorOperators.Binary.class);
    private static final ClassDesc COMPARISON = desc(VectorOperators.Comparison.class);
    private static final MethodTypeDesc LOAD =
            MethodTypeDesc.of(FLOATS, SPECIES, SEGMENT, ConstantDescs.CD_long, ORDER);
    private static final MethodTypeDesc STORE =
            MethodTypeDesc.of(ConstantDescs.CD_void, SEGMENT, ConstantDescs.CD_long, ORDER);
    private static final MethodTypeDesc UNARY = MethodTypeDesc.of(FLOATS, VECTOR);

    /**
     * Calls that a tile has behind it when it is first used. HotSpot begins to profile a method after some 400 calls, and asks C2 for it after 600 more or
     * 5,000, those with long loops sooner; runs of a plan are few and, as long as they are interpreted, slow.
     */
    private static final int IDLE_RUNS = 1280;

    /** The bytecode itself, for what has no method here. */
    public final CodeBuilder code;

    private final Fields species;

    private TileCode(CodeBuilder code, Fields species) {
        this.code = code;
        this.species = species;
    }

    /** Where the species of the vectors are. */
    private record Fields(int bits, ClassDesc floatsOwner, String floats, ClassDesc intsOwner, String ints) {}

    /**
     * Defines a class that implements an interface of one abstract method, on vectors of this process's width, and others of the same code where it stays
     * slow.
     *
     * @param shape what the code is specialised for
     * @param idle runs an object of it with nothing to do
     */
    static <T> WatchedTile<T> define(Class<T> type, Object shape, Consumer<T> idle, Consumer<TileCode> body) {
        return new WatchedTile<>(
                type.getSimpleName() + " of " + shape, generation -> define(type, generation, idle, body));
    }

    private static <T> T define(Class<T> type, int generation, Consumer<T> idle, Consumer<TileCode> body) {
        T tile = define(
                type, generation, new Fields(RawMemory.SPECIES.vectorBitSize(), RAW, "SPECIES", RAW, "INTS"), body);
        // C1 would compile them, and before their calls are linked.
        int runs = CompilerRequests.absence().isEmpty() ? IDLE_RUNS : 0;
        for (int run = 0; run < runs; run++) {
            idle.accept(tile);
        }
        return tile;
    }

    /** Defines a class that implements an interface of one method, on vectors of floats and ints of 128, 256 or 512 bits. */
    public static <T> T define(Class<T> type, int bits, Consumer<TileCode> body) {
        return define(type, 1, new Fields(bits, FLOATS, "SPECIES_" + bits, INTS, "SPECIES_" + bits), body);
    }

    private static <T> T define(Class<T> type, int generation, Fields species, Consumer<TileCode> body) {
        CompilerRequests.begin();
        Method method = Arrays.stream(type.getMethods())
                .filter(candidate -> Modifier.isAbstract(candidate.getModifiers()))
                .findFirst()
                .orElseThrow();
        MethodTypeDesc signature = MethodTypeDesc.of(
                desc(method.getReturnType()),
                Arrays.stream(method.getParameterTypes()).map(TileCode::desc).toArray(ClassDesc[]::new));
        ClassDesc name =
                ClassDesc.of(RawMemory.class.getPackageName(), "Generated" + generation + type.getSimpleName());
        byte[] bytes = ClassFile.of()
                .build(
                        name,
                        builder -> builder.withFlags(ClassFile.ACC_FINAL)
                                .withInterfaceSymbols(desc(type))
                                .withMethodBody(
                                        ConstantDescs.INIT_NAME,
                                        ConstantDescs.MTD_void,
                                        0,
                                        code -> code.aload(0)
                                                .invokespecial(
                                                        ConstantDescs.CD_Object,
                                                        ConstantDescs.INIT_NAME,
                                                        ConstantDescs.MTD_void)
                                                .return_())
                                .withMethodBody(method.getName(), signature, ClassFile.ACC_PUBLIC, code -> {
                                    body.accept(new TileCode(code, species));
                                    code.return_();
                                }));
        CompilerRequests.absence();
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return type.cast(lookup.findConstructor(lookup.lookupClass(), MethodType.methodType(void.class))
                    .invoke());
        } catch (Throwable e) {
            throw new AssertionError("a generated tile is not valid", e);
        }
    }

    private static ClassDesc desc(Class<?> type) {
        return ClassDesc.ofDescriptor(type.descriptorString());
    }

    public int newLong() {
        return code.allocateLocal(TypeKind.LONG);
    }

    int[] newLongs(int count) {
        int[] locals = new int[count];
        Arrays.setAll(locals, i -> newLong());
        return locals;
    }

    int newInt() {
        return code.allocateLocal(TypeKind.INT);
    }

    public int newVector() {
        return code.allocateLocal(TypeKind.REFERENCE);
    }

    public int[] newVectors(int count) {
        int[] locals = new int[count];
        Arrays.setAll(locals, i -> newVector());
        return locals;
    }

    int[][] newVectors(int rows, int cols) {
        int[][] locals = new int[rows][];
        Arrays.setAll(locals, i -> newVectors(cols));
        return locals;
    }

    /** {@code target = source & ADDRESS_MASK}: the base that accesses at constant offsets need no check from. */
    public void maskAddress(int source, int target) {
        code.lload(source).loadConstant(RawMemory.ADDRESS_MASK).land().lstore(target);
    }

    /** {@code local += constant}. */
    public void advance(int local, long constant) {
        if (constant != 0) {
            code.lload(local).loadConstant(constant).ladd().lstore(local);
        }
    }

    /**
     * Repeats the body until both locals are equal. C2 would count a loop that compares by order, and rewrite what depends on the counter at length.
     * And nothing is on the stack where it jumps back, or C2 would compute that for its safepoint.
     */
    public void until(int position, int end, Runnable body) {
        Label loop = code.newLabel();
        Label done = code.newLabel();
        code.labelBinding(loop);
        body.run();
        code.lload(position).lload(end).lcmp().ifeq(done).goto_(loop).labelBinding(done);
    }

    /** {@code vector = 0}. */
    public void zero(int vector) {
        species();
        code.invokestatic(FLOATS, "zero", MethodTypeDesc.of(FLOATS, SPECIES));
        exactFloats();
        code.astore(vector);
    }

    /** {@code vector = constant}, in every lane. */
    public void broadcast(int vector, float constant) {
        species();
        code.loadConstant(constant);
        broadcast(vector);
    }

    /** {@code vector = memory[base + offset ...]}. */
    public void load(int vector, int base, long offset) {
        species();
        address(base, offset);
        order();
        code.invokestatic(FLOATS, "fromMemorySegment", LOAD);
        exactFloats();
        code.astore(vector);
    }

    /** {@code vector = the float at base + offset, in every lane}. */
    void broadcast(int vector, int base, long offset) {
        broadcast(vector, base, offset, ValueType.F32);
    }

    /** {@code vector = the value at base + offset, in every lane}. */
    void broadcast(int vector, int base, long offset, ValueType type) {
        species();
        switch (type) {
            case F32 -> {
                code.getstatic(RAW, "ALL", SEGMENT)
                        .getstatic(RAW, "FLOAT", FLOAT_LAYOUT)
                        .lload(base);
                code.loadConstant(offset).ladd();
                code.invokeinterface(
                        SEGMENT, "get", MethodTypeDesc.of(ConstantDescs.CD_float, FLOAT_LAYOUT, ConstantDescs.CD_long));
            }
            case BF16 -> {
                bits(base, offset, Short.BYTES);
                code.loadConstant(Short.SIZE)
                        .ishl()
                        .invokestatic(
                                ConstantDescs.CD_Float,
                                "intBitsToFloat",
                                MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_int));
            }
            case F16 -> {
                bits(base, offset, Short.BYTES);
                code.i2s()
                        .invokestatic(
                                ConstantDescs.CD_Float,
                                "float16ToFloat",
                                MethodTypeDesc.of(ConstantDescs.CD_float, ConstantDescs.CD_short));
            }
        }
        broadcast(vector);
    }

    /** {@code vector = the float on the stack}, in every lane; the species is below it. */
    private void broadcast(int vector) {
        code.invokestatic(FLOATS, "broadcast", MethodTypeDesc.of(FLOATS, SPECIES, ConstantDescs.CD_float));
        exactFloats();
        code.astore(vector);
    }

    /** {@code vector = number}, in every lane, of a float. */
    void broadcastFloat(int vector, int number) {
        species();
        code.fload(number);
        broadcast(vector);
    }

    /** {@code vector = number − constant}, in every lane, of an int. */
    void broadcastDifference(int vector, int number, int constant) {
        species();
        code.iload(number).loadConstant(constant).isub().i2f();
        broadcast(vector);
    }

    /** {@code local = the lesser of it and another}. */
    void least(int local, int other) {
        code.lload(local).lload(other);
        code.invokestatic(
                        desc(Math.class),
                        "min",
                        MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_long, ConstantDescs.CD_long))
                .lstore(local);
    }

    /** {@code vector = the values at base + offset ...}, widened to floats. */
    void loadValues(int vector, int base, long offset, ValueType type) {
        switch (type) {
            case F32 -> load(vector, base, offset);
            case BF16 -> {
                halves(base, offset, "ZERO_EXTEND_S2I");
                lanewise("LSHL", VectorOperators.Binary.class, Short.SIZE);
                asFloats().astore(vector);
            }
            case F16 -> float16(vector, base, offset);
        }
    }

    /**
     * Exponent and fraction lie 13 bits higher in a binary32, whose exponent is biased by 112 more: a multiplication, which makes subnormals right
     * too. Where all bits of the exponent were set, for infinities and NaN, 112 more set them all again; an addition that flips the sign says where.
     */
    private void float16(int vector, int base, long offset) {
        int scaled = newVector();
        halves(base, offset, "S2I");
        lanewise("LSHL", VectorOperators.Binary.class, 13);
        lanewise("AND", Associative.class, 1 << 31 | 0x7fff << 13);
        code.astore(scaled).aload(scaled);
        lanewise("ADD", Associative.class, (1 << 31) - (0x7c00 << 13));
        code.getstatic(OPERATORS, "XOR", desc(Associative.class))
                .aload(scaled)
                .invokevirtual(INTS, "lanewise", MethodTypeDesc.of(INTS, BINARY, VECTOR));
        exactInts();
        lanewise("ASHR", VectorOperators.Binary.class, 31);
        lanewise("AND", Associative.class, 112 << 23);
        code.aload(scaled);
        asFloats();
        times(0x1p112f);
        asInts().invokevirtual(INTS, "add", MethodTypeDesc.of(INTS, VECTOR));
        exactInts();
        asFloats().astore(vector);
    }

    /** {@code vector = 2⁻¹¹² times the binary16 values at base + offset ...}, and notes in ints which are none ({@link ScaledHalves}). */
    void loadScaledDown(int vector, int base, long offset, int noted) {
        halves(base, offset, "S2I");
        lanewise("LSHL", VectorOperators.Binary.class, 13);
        lanewise("AND", Associative.class, 1 << 31 | 0x7fff << 13);
        code.astore(vector).aload(vector);
        lanewise("ADD", Associative.class, ScaledHalves.NOTED - (0x7c00 << 13));
        note(noted);
        code.aload(vector);
        asFloats().astore(vector);
    }

    /** {@code vector = 2¹¹² times the floats at base + offset ...}, and notes in ints which are infinite or NaN then. */
    void loadScaledUp(int vector, int base, long offset, int noted) {
        load(vector, base, offset);
        code.aload(vector);
        times(0x1p112f).astore(vector).aload(vector);
        times(0f); // NaN of what is infinite
        asInts();
        note(noted);
    }

    private CodeBuilder times(float factor) {
        code.loadConstant(factor).invokevirtual(FLOATS, "mul", MethodTypeDesc.of(FLOATS, ConstantDescs.CD_float));
        exactFloats();
        return code;
    }

    private void note(int noted) {
        code.getstatic(OPERATORS, "OR", desc(Associative.class))
                .aload(noted)
                .invokevirtual(INTS, "lanewise", MethodTypeDesc.of(INTS, BINARY, VECTOR))
                .astore(noted);
    }

    /** {@code vector} as ints of the same bits. */
    void asInts(int vector) {
        code.aload(vector);
        asInts().astore(vector);
    }

    /** Pushes as many 16-bit values as there are lanes, as ints. */
    private void halves(int base, long offset, String conversion) {
        code.getstatic(RAW, "SHORTS", SPECIES);
        address(base, offset);
        order();
        code.invokestatic(
                SHORTS, "fromMemorySegment", MethodTypeDesc.of(SHORTS, SPECIES, SEGMENT, ConstantDescs.CD_long, ORDER));
        exact(SHORTS, "SHORTS_" + species.bits / 2);
        code.getstatic(OPERATORS, conversion, desc(VectorOperators.Conversion.class))
                .getstatic(RAW, "INTS", SPECIES)
                .iconst_0()
                .invokevirtual(
                        VECTOR,
                        "convertShape",
                        MethodTypeDesc.of(
                                VECTOR, desc(VectorOperators.Conversion.class), SPECIES, ConstantDescs.CD_int))
                .checkcast(INTS);
        exactInts();
    }

    private void lanewise(String operator, Class<?> kind, int operand) {
        code.getstatic(OPERATORS, operator, desc(kind))
                .loadConstant(operand)
                .invokevirtual(INTS, "lanewise", MethodTypeDesc.of(INTS, BINARY, ConstantDescs.CD_int));
        exactInts();
    }

    private CodeBuilder asInts() {
        code.invokevirtual(FLOATS, "reinterpretAsInts", MethodTypeDesc.of(INTS));
        exactInts();
        return code;
    }

    private CodeBuilder asFloats() {
        code.invokevirtual(INTS, "reinterpretAsFloats", MethodTypeDesc.of(FLOATS));
        exactFloats();
        return code;
    }

    /** {@code local = the bytes at base + offset}, one or two, without a sign. */
    void loadBits(int local, int base, long offset, int bytes) {
        bits(base, offset, bytes);
        code.i2l().loadConstant((1L << (bytes * Byte.SIZE)) - 1).land().lstore(local);
    }

    /** Pushes one or two bytes as an int. */
    private void bits(int base, long offset, int bytes) {
        boolean one = bytes == 1;
        ClassDesc layout = desc(one ? ValueLayout.OfByte.class : ValueLayout.OfChar.class);
        ClassDesc type = one ? ConstantDescs.CD_byte : ConstantDescs.CD_char;
        code.getstatic(RAW, "ALL", SEGMENT).getstatic(RAW, one ? "BITS_8" : "BITS_16", layout);
        code.lload(base).loadConstant(offset).ladd();
        code.invokeinterface(SEGMENT, "get", MethodTypeDesc.of(type, layout, ConstantDescs.CD_long));
    }

    /** {@code local = the int at base + offset}, as a long. */
    void loadInt(int local, int base, long offset) {
        number(base, offset, ConstantDescs.CD_int, "INT", ValueLayout.OfInt.class);
        code.i2l().lstore(local);
    }

    /** {@code local = the long at base + offset}. */
    void loadLong(int local, int base, long offset) {
        number(base, offset, ConstantDescs.CD_long, "LONG", ValueLayout.OfLong.class);
        code.lstore(local);
    }

    private void number(int base, long offset, ClassDesc type, String field, Class<?> layout) {
        code.getstatic(RAW, "ALL", SEGMENT).getstatic(RAW, field, desc(layout));
        code.lload(base).loadConstant(offset).ladd();
        code.invokeinterface(SEGMENT, "get", MethodTypeDesc.of(type, desc(layout), ConstantDescs.CD_long));
    }

    /** {@code sum += a · b} in lanes whose bit of a long, from {@code firstBit} on, is set. */
    void fmaWhere(int sum, int a, int b, int bits, int firstBit) {
        receiver(sum);
        receiver(a);
        code.aload(b).aload(sum).invokevirtual(FLOATS, "fma", MethodTypeDesc.of(FLOATS, VECTOR, VECTOR));
        species();
        code.lload(bits)
                .loadConstant(firstBit)
                .lushr()
                .loadConstant((1L << (species.bits / Float.SIZE)) - 1)
                .land();
        code.invokestatic(MASK, "fromLong", MethodTypeDesc.of(MASK, SPECIES, ConstantDescs.CD_long));
        blend();
        code.astore(sum);
    }

    /** {@code memory[base + offset ...] = vector}. */
    public void store(int vector, int base, long offset) {
        receiver(vector);
        address(base, offset);
        order();
        code.invokevirtual(FLOATS, "intoMemorySegment", STORE);
    }

    /** {@code vector = segment[offset ...]}, with the segment's checks. */
    void loadChecked(int vector, int segment, int offset) {
        species();
        code.aload(segment).lload(offset);
        order();
        code.invokestatic(FLOATS, "fromMemorySegment", LOAD);
        exactFloats();
        code.astore(vector);
    }

    /** {@code segment[offset ...] = vector}, with the segment's checks. */
    void storeChecked(int vector, int segment, int offset) {
        receiver(vector);
        code.aload(segment).lload(offset);
        order();
        code.invokevirtual(FLOATS, "intoMemorySegment", STORE);
    }

    /** {@code sum += a · b}, rounded once; without an instruction for that, twice. */
    public void fma(int sum, int a, int b) {
        if (!VectorWidth.FUSED) {
            receiver(sum);
            receiver(a);
            code.aload(b).invokevirtual(FLOATS, "mul", UNARY);
            code.invokevirtual(FLOATS, "add", UNARY).astore(sum);
            return;
        }
        receiver(a);
        code.aload(b)
                .aload(sum)
                .invokevirtual(FLOATS, "fma", MethodTypeDesc.of(FLOATS, VECTOR, VECTOR))
                .astore(sum);
    }

    /** {@code sum += a}. */
    public void add(int sum, int a) {
        receiver(sum);
        code.aload(a).invokevirtual(FLOATS, "add", UNARY).astore(sum);
    }

    /** {@code product = a · b}. */
    public void multiply(int product, int a, int b) {
        receiver(a);
        code.aload(b).invokevirtual(FLOATS, "mul", UNARY).astore(product);
    }

    /** {@code difference = a − b}. */
    void subtract(int difference, int a, int b) {
        receiver(a);
        code.aload(b).invokevirtual(FLOATS, "sub", UNARY).astore(difference);
    }

    /** {@code quotient = a / b}. */
    void divide(int quotient, int a, int b) {
        receiver(a);
        code.aload(b).invokevirtual(FLOATS, "div", UNARY).astore(quotient);
    }

    /** Adds its number to each lane: 0, 1, 2 … */
    void addLaneNumbers(int vector) {
        receiver(vector);
        code.iconst_1().invokevirtual(FLOATS, "addIndex", MethodTypeDesc.of(FLOATS, ConstantDescs.CD_int));
        exactFloats();
        code.astore(vector);
    }

    /** {@code vector = a < b ? other : vector}, lane by lane; it stays where one is NaN. */
    void replaceWhereLess(int vector, int a, int b, int other) {
        receiver(vector);
        code.aload(other);
        receiver(a);
        code.getstatic(OPERATORS, "LT", COMPARISON).aload(b);
        code.invokevirtual(FLOATS, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
        blend();
        code.astore(vector);
    }

    /** {@code vector = the float whose bits are (bits of vector − subtracted) << 23}: a power of two, of a whole number in the lowest bits. */
    void power(int vector, int subtracted) {
        receiver(vector);
        asInts();
        lanewise("ADD", Associative.class, -subtracted);
        lanewise("LSHL", VectorOperators.Binary.class, 23);
        asFloats().astore(vector);
    }

    /** {@code vector = max(vector, zero)}; NaN stays. */
    void max(int vector, int zero) {
        receiver(vector);
        code.aload(zero).invokevirtual(FLOATS, "max", UNARY).astore(vector);
    }

    /** {@code vector = condition > 0 ? vector : 0}. */
    void zeroUnlessPositive(int vector, int condition, int zero) {
        receiver(zero);
        code.aload(vector);
        receiver(condition);
        code.getstatic(OPERATORS, "GT", COMPARISON).aload(zero);
        code.invokevirtual(FLOATS, "compare", MethodTypeDesc.of(MASK, COMPARISON, VECTOR));
        blend();
        code.astore(vector);
    }

    /**
     * Halves the number of partial sums: lanes of {@code a} without the bit, and lanes of {@code b} with it, receive the sum of themselves
     * and of their partner at that distance. Two blends, a swap and an addition.
     */
    void addPartners(int a, int b, int distance) {
        receiver(a);
        code.aload(b);
        lanesWith(distance);
        blend();
        receiver(b);
        code.aload(a);
        lanesWith(distance);
        blend();
        swap(distance);
        code.invokevirtual(FLOATS, "add", UNARY).astore(a);
    }

    /** Lanes of {@code a} with the bit and their partners in {@code b} change places; {@code swapped} is overwritten. */
    void exchange(int a, int b, int distance, int swapped) {
        receiver(b);
        code.aload(a);
        lanesWith(distance);
        blend();
        swap(distance);
        code.astore(swapped);
        receiver(a);
        code.aload(swapped);
        lanesWith(distance);
        blend();
        code.astore(a);
        receiver(swapped);
        code.aload(b);
        lanesWith(distance);
        blend();
        code.astore(b);
    }

    /** {@code ints = 0}. */
    public void zeroInts(int ints) {
        intSpecies();
        code.invokestatic(INTS, "zero", MethodTypeDesc.of(INTS, SPECIES));
        exactInts();
        code.astore(ints);
    }

    /** {@code sum += a}, of ints. */
    public void addInts(int sum, int a) {
        code.aload(sum);
        exactInts();
        code.aload(a)
                .invokevirtual(INTS, "add", MethodTypeDesc.of(INTS, VECTOR))
                .astore(sum);
    }

    /** {@code memory[base + offset ...] = ints}. */
    public void storeInts(int ints, int base, long offset) {
        code.aload(ints);
        exactInts();
        address(base, offset);
        order();
        code.invokevirtual(INTS, "intoMemorySegment", STORE);
    }

    /** {@code ints = memory[base + offset ...]}. */
    public void loadInts(int ints, int base, long offset) {
        intSpecies();
        address(base, offset);
        order();
        code.invokestatic(
                INTS, "fromMemorySegment", MethodTypeDesc.of(INTS, SPECIES, SEGMENT, ConstantDescs.CD_long, ORDER));
        exactInts();
        code.astore(ints);
    }

    /** {@code ints = the 16-bit values at base + offset ...}, without a sign. */
    void loadShorts(int ints, int base, long offset) {
        halves(base, offset, "ZERO_EXTEND_S2I");
        code.astore(ints);
    }

    /** {@code shifted = ints >>> distance} in each lane. */
    void shiftRight(int ints, int distance, int shifted) {
        code.aload(ints);
        if (distance > 0) {
            lanewise("LSHR", VectorOperators.Binary.class, distance);
        }
        code.astore(shifted);
    }

    /** {@code vector[lane] = ints[index[lane] mod LANES]}, of floats that were loaded as ints. */
    void selectFrom(int ints, int index, int vector) {
        code.aload(index).aload(ints).invokevirtual(INTS, "selectFrom", MethodTypeDesc.of(INTS, VECTOR));
        exactInts();
        asFloats().astore(vector);
    }

    /** Lanes of {@code a} that have the bit become those of {@code b}. */
    void blendLanesWith(int a, int b, int bit) {
        receiver(a);
        code.aload(b);
        lanesWith(bit);
        blend();
        code.astore(a);
    }

    /** Lanes from {@code count} on become zero. */
    void firstLanes(int vector, int count) {
        species();
        code.invokestatic(FLOATS, "zero", MethodTypeDesc.of(FLOATS, SPECIES));
        exactFloats();
        code.aload(vector);
        firstLanesMask(count);
        blend();
        code.astore(vector);
    }

    private void firstLanesMask(int count) {
        species();
        code.loadConstant(0).loadConstant(count);
        code.invokeinterface(
                SPECIES, "indexInRange", MethodTypeDesc.of(MASK, ConstantDescs.CD_int, ConstantDescs.CD_int));
    }

    private void lanesWith(int distance) {
        code.getstatic(RAW, "HAS_" + distance, MASK);
    }

    private void swap(int distance) {
        code.getstatic(RAW, "SWAP_" + distance, SHUFFLE)
                .invokevirtual(FLOATS, "rearrange", MethodTypeDesc.of(FLOATS, SHUFFLE));
    }

    private void blend() {
        code.invokevirtual(FLOATS, "blend", MethodTypeDesc.of(FLOATS, VECTOR, MASK));
        exactFloats();
    }

    /** Pushes a vector that an operation is asked of, and that may come from before a loop, where C2 forgets its class. */
    private void receiver(int vector) {
        code.aload(vector);
        exactFloats();
    }

    private void exactFloats() {
        exact(FLOATS, "FLOATS_" + species.bits);
    }

    private void exactInts() {
        exact(INTS, "INTS_" + species.bits);
    }

    /**
     * Tells C2 the class of the vector on the stack, which it would otherwise ask the profiles of the Vector API's methods for. All code of a JVM shares those, and
     * vectors of other widths in it made C2 expect the wrong class. C1 gains nothing, and runs out of registers.
     */
    private void exact(ClassDesc type, String exactType) {
        if (CompilerRequests.absence().isEmpty()) {
            code.getstatic(VECTOR_TYPES, exactType, ConstantDescs.CD_Class)
                    .swap()
                    .invokevirtual(
                            ConstantDescs.CD_Class,
                            "cast",
                            MethodTypeDesc.of(ConstantDescs.CD_Object, ConstantDescs.CD_Object))
                    .checkcast(type);
        }
    }

    private void species() {
        code.getstatic(species.floatsOwner, species.floats, SPECIES);
    }

    private void intSpecies() {
        code.getstatic(species.intsOwner, species.ints, SPECIES);
    }

    private void order() {
        code.getstatic(RAW, "ORDER", ORDER);
    }

    private void address(int base, long offset) {
        code.getstatic(RAW, "ALL", SEGMENT).lload(base).loadConstant(offset).ladd();
    }
}
