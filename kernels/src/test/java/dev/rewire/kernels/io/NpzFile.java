package dev.rewire.kernels.io;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** A file of SciPy's put together member by member. */
final class NpzFile {
    private final Map<String, Bytes> members = new LinkedHashMap<>();

    /** What a member holds. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    record Bytes(byte[] bytes) {
        /** Of a text that is as long. */
        Bytes replace(String from, String to) {
            String text = new String(bytes, StandardCharsets.ISO_8859_1);
            return new Bytes(text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    static NpzFile empty() {
        return new NpzFile();
    }

    /** A 1×2 matrix in CSR, (1, −2). */
    static NpzFile csr() {
        return empty().with("indices", array("<i4", "(2,)", hex("00000000 01000000")))
                .with("indptr", array("<i4", "(2,)", hex("00000000 02000000")))
                .with("format", array("|S3", "()", hex("63 73 72")))
                .with("shape", array("<i8", "(2,)", hex("0100000000000000 0200000000000000")))
                .with("data", array("<f4", "(2,)", hex("0000803f 000000c0")));
    }

    NpzFile with(String name, Bytes array) {
        members.put(name, array);
        return this;
    }

    NpzFile without(String name) {
        members.remove(name);
        return this;
    }

    byte[] member(String name) {
        Bytes member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException(name);
        }
        return member.bytes();
    }

    /** The members of a file. */
    static NpzFile of(Path file) throws IOException {
        NpzFile made = empty();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName().replace(".npy", "");
                made.with(name, new Bytes(zip.getInputStream(entry).readAllBytes()));
            }
        }
        return made;
    }

    static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replace(" ", ""));
    }

    static Bytes array(String type, String shape, byte[] data) {
        String header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
        ByteArrayOutputStream array = new ByteArrayOutputStream();
        array.writeBytes(hex("93 4e554d5059 01 00"));
        array.write(header.length() & 0xff);
        array.write(header.length() >> 8);
        array.writeBytes(header.getBytes(StandardCharsets.ISO_8859_1));
        array.writeBytes(data);
        return new Bytes(array.toByteArray());
    }

    byte[] bytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, Bytes> member : members.entrySet()) {
                zip.putNextEntry(new ZipEntry(member.getKey() + ".npy"));
                zip.write(member.getValue().bytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    Path write(Path file) throws IOException {
        return Files.write(file, bytes());
    }
}
