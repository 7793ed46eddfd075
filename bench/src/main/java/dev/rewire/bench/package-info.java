/**
 * Products timed beside their dense peers, in one process and alternating. The peers are native libraries, reached through the Foreign
 * Function &amp; Memory API; one that is not there is reported with the reason, and never an error.
 */
@NullMarked
package dev.rewire.bench;

import org.jspecify.annotations.NullMarked;
