package dev.rewire.kernels;

import java.lang.classfile.ClassFile;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.SplittableRandom;

/** Keeps the JVM's compilers busy with other code until it is closed. */
final class BusyCompilers implements AutoCloseable {
    private static final int LOCALS = 20;
    private static final int STATEMENTS = 200;

    private final Thread thread;
    private volatile boolean closed;

    BusyCompilers() {
        thread = Thread.ofPlatform().daemon().start(this::compile);
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Defines classes of long loops and runs each until both compilers had it. */
    private void compile() {
        for (int seed = 0; !closed; seed++) {
            MethodHandle loop = define(new SplittableRandom(seed));
            try {
                for (int i = 0; i < 40 && !closed; i++) {
                    long ignored = (long) loop.invokeExact(i, 2000);
                }
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
        }
    }

    private static MethodHandle define(SplittableRandom random) {
        byte[] bytes = ClassFile.of()
                .build(
                        ClassDesc.of(BusyCompilers.class.getPackageName(), "BusyLoop"),
                        builder -> builder.withMethodBody(
                                "run",
                                MethodTypeDesc.of(ConstantDescs.CD_long, ConstantDescs.CD_int, ConstantDescs.CD_int),
                                ClassFile.ACC_STATIC | ClassFile.ACC_PUBLIC,
                                code -> {
                                    int[] locals = new int[LOCALS];
                                    for (int i = 0; i < locals.length; i++) {
                                        locals[i] = code.allocateLocal(TypeKind.LONG);
                                        code.iload(0).i2l().lstore(locals[i]);
                                    }
                                    Label loop = code.newLabel();
                                    code.labelBinding(loop);
                                    for (int i = 0; i < STATEMENTS; i++) {
                                        code.lload(locals[random.nextInt(LOCALS)])
                                                .loadConstant(random.nextLong())
                                                .lmul()
                                                .lload(locals[random.nextInt(LOCALS)])
                                                .lxor()
                                                .lstore(locals[random.nextInt(LOCALS)]);
                                    }
                                    code.iinc(1, -1).iload(1).ifgt(loop);
                                    code.lload(locals[0]).lreturn();
                                }));
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
            return lookup.findStatic(
                    lookup.lookupClass(), "run", MethodType.methodType(long.class, int.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }
}
