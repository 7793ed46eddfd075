package dev.rewire.gpu;

import java.lang.foreign.MemorySegment;

/** Rows of a matrix on their way between host and device, some at a time, through the pinned memory of a stream. */
final class Rows {
    private Rows() {}

    /** What a row is made from, or what becomes of it. */
    interface Row {
        void accept(int row, MemorySegment bytes);
    }

    static void upload(DeviceBuffer target, long offset, int rows, long rowBytes, GpuStream stream, Row source) {
        target.checkPeer("stream", stream);
        MemorySegment staging = stream.staging(rowBytes);
        int step = (int) Math.min(staging.byteSize() / rowBytes, rows);
        for (int first = 0; first < rows; first += step) {
            int some = Math.min(step, rows - first);
            for (int i = 0; i < some; i++) {
                source.accept(first + i, staging.asSlice(i * rowBytes, rowBytes));
            }
            target.copyFrom(offset + first * rowBytes, staging.asSlice(0, some * rowBytes), stream);
            stream.synchronize();
        }
    }

    static void download(DeviceBuffer source, int rows, long rowBytes, GpuStream stream, Row target) {
        source.checkPeer("stream", stream);
        MemorySegment staging = stream.staging(rowBytes);
        int step = (int) Math.min(staging.byteSize() / rowBytes, rows);
        for (int first = 0; first < rows; first += step) {
            int some = Math.min(step, rows - first);
            source.copyTo(first * rowBytes, staging.asSlice(0, some * rowBytes), stream);
            stream.synchronize();
            for (int i = 0; i < some; i++) {
                target.accept(first + i, staging.asSlice(i * rowBytes, rowBytes));
            }
        }
    }
}
