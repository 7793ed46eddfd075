package dev.rewire.training.internal;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of files and runs. */
public final class Sha256 {
    private Sha256() {}

    /** A new one. */
    public static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
