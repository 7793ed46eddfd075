package dev.rewire.kernels;

/**
 * Where stored elements lie among blocks that are all there, block after block: what is copied between the two goes through the dense matrix once, from its start to
 * its end. In the order of the stored elements, each row of a block would fetch a cache line from another page.
 */
final class DensePlaces {
    private final BlockPattern full;
    private int[] elements = new int[0];
    private int[] places = new int[0];
    private int[] ends = new int[0];
    private final int elementsOfBlock;

    /**
     * None, until {@link #replan}.
     *
     * @param full the blocks that cover the matrix
     */
    DensePlaces(BlockPattern full) {
        this.full = full;
        elementsOfBlock = full.blockRows() * full.blockCols();
    }

    /** What does something with a stored element and its place in the dense matrix. */
    interface Visitor {
        void visit(int element, int place);
    }

    /** Sets the pattern of what is stored. */
    void replan(BlockPattern pattern) {
        int[] next = new int[full.blocks() + 1];
        forEach(pattern, (element, place) -> next[place / elementsOfBlock + 1]++);
        for (int block = 0; block < full.blocks(); block++) {
            next[block + 1] += next[block];
        }
        int count = next[full.blocks()];
        if (elements.length < count) {
            elements = new int[count];
            places = new int[count];
        }
        forEach(pattern, (element, place) -> {
            int at = next[place / elementsOfBlock]++;
            elements[at] = element;
            places[at] = place;
        });
        ends = next;
    }

    /** All elements but those outside of the matrix, in blocks at its edge. */
    private void forEach(BlockPattern pattern, Visitor visitor) {
        int height = full.blockRows();
        int width = full.blockCols();
        int element = 0;
        for (int gridRow = 0; gridRow < pattern.gridRows(); gridRow++) {
            for (int block = pattern.rowOffset(gridRow); block < pattern.rowOffset(gridRow + 1); block++) {
                int firstCol = pattern.gridCol(block) * pattern.blockCols();
                for (int i = 0; i < pattern.blockRows(); i++) {
                    int row = gridRow * pattern.blockRows() + i;
                    for (int j = 0; j < pattern.blockCols(); j++, element++) {
                        int col = firstCol + j;
                        if (row < pattern.rows() && col < pattern.cols()) {
                            int inFull = row / height * full.gridCols() + col / width;
                            visitor.visit(element, (inFull * height + row % height) * width + col % width);
                        }
                    }
                }
            }
        }
    }

    long heldBytes() {
        return (long) Integer.BYTES * (elements.length + places.length + ends.length);
    }

    /** The first place of a row of blocks. */
    int first(int row) {
        return row == 0 ? 0 : end(row - 1);
    }

    /** The place after the last one of a row of blocks. */
    int end(int row) {
        int blocks = (row + 1) * full.gridCols();
        return blocks == 0 ? 0 : ends[blocks - 1];
    }

    int element(int i) {
        return elements[i];
    }

    int place(int i) {
        return places[i];
    }
}
