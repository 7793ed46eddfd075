package dev.rewire.kernels;

import dev.rewire.kernels.SpmmCase.Direction;

/** Where the elements of a sparse operand are stored, and how: what the cases of products see of a format. */
interface Sparsity {
    boolean stores(int row, int col);

    Matrix matrix(KernelArena arena, DenseMatrix dense);

    /** A sparse operand and the plans for it. */
    interface Matrix {
        float get(int row, int col);

        SpmmPlan spmm(
                KernelArena arena, Direction direction, int batch, Layout layout, Epilogue epilogue, Workers workers);

        SddmmPlan sddmm(KernelArena arena, int batch, Layout layout, boolean accumulate, Workers workers);
    }

    static Sparsity of(BlockPattern pattern) {
        return new Sparsity() {
            @Override
            public boolean stores(int row, int col) {
                return pattern.find(row / pattern.blockRows(), col / pattern.blockCols()) >= 0;
            }

            @Override
            public Matrix matrix(KernelArena arena, DenseMatrix dense) {
                return new Blocks(BlockSparseMatrix.fromDense(arena, dense, pattern));
            }
        };
    }

    static Sparsity of(NmPattern pattern) {
        return new Sparsity() {
            @Override
            public boolean stores(int row, int col) {
                return pattern.find(row, col) >= 0;
            }

            @Override
            public Matrix matrix(KernelArena arena, DenseMatrix dense) {
                return new Nm(SemiStructuredMatrix.fromDense(arena, dense, pattern, ValueType.F32));
            }
        };
    }

    record Blocks(BlockSparseMatrix w) implements Matrix {
        @Override
        public float get(int row, int col) {
            return w.get(row, col);
        }

        @Override
        public SpmmPlan spmm(
                KernelArena arena, Direction direction, int batch, Layout layout, Epilogue epilogue, Workers workers) {
            return direction == Direction.FORWARD
                    ? SpmmPlan.forward(arena, w, batch, layout, epilogue, workers)
                    : SpmmPlan.backwardInput(arena, w, batch, layout, epilogue, workers);
        }

        @Override
        public SddmmPlan sddmm(KernelArena arena, int batch, Layout layout, boolean accumulate, Workers workers) {
            return SddmmPlan.backwardWeight(arena, w, batch, layout, accumulate, workers);
        }
    }

    record Nm(SemiStructuredMatrix w) implements Matrix {
        @Override
        public float get(int row, int col) {
            return w.get(row, col);
        }

        @Override
        public SpmmPlan spmm(
                KernelArena arena, Direction direction, int batch, Layout layout, Epilogue epilogue, Workers workers) {
            return direction == Direction.FORWARD
                    ? SpmmPlan.forward(arena, w, batch, layout, epilogue, workers)
                    : SpmmPlan.backwardInput(arena, w, batch, layout, epilogue, workers);
        }

        @Override
        public SddmmPlan sddmm(KernelArena arena, int batch, Layout layout, boolean accumulate, Workers workers) {
            return SddmmPlan.backwardWeight(arena, w, batch, layout, accumulate, workers);
        }
    }
}
