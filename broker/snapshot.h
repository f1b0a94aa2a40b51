#ifndef BROKER_SNAPSHOT_H
#define BROKER_SNAPSHOT_H

#include "base/bytes.h"

struct broker;
struct snapshot;

/* Nobody is left who could be given a message: from now on snapshots say of the marks what was
 * handed out, and not how far they ran ahead of it. */
void broker_end(struct broker *broker);

/* The content of a checkpoint: outcomes from which broker_apply makes what the broker has now, as
 * far as it lasts. It is taken in slices between which the broker runs on; that does no harm,
 * for the records behind `position` are applied after it and say the rest. It holds places with
 * their content at journal positions below `position` only.
 *
 * All that was emitted before must have been carried out (STORE, SETTLE), and have its record below
 * `position`. The broker must outlive the snapshot. */
struct snapshot *snapshot_new(struct broker *broker, uint64_t position);
void snapshot_free(struct snapshot *snapshot); // at any time; NULL is fine

/* Replaces *block by the next outcome, and *type by its type (enum outcome_type); some 64 KiB,
 * unless a single thing is larger. False at the end. */
bool snapshot_next(struct snapshot *snapshot, struct bytes *block, uint8_t *type);

#endif
