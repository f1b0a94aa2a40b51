#ifndef TESTS_SIM_ABSENCE_H
#define TESTS_SIM_ABSENCE_H

#include <stdbool.h>

#include "base/bytes.h"

struct broker;

/* What the broker publishes itself, dead letters and messages that were held back, it has to read
 * first if their content is on the disk only; then it happens a little later. Which contents are in
 * memory is nothing that a model could know: it is taken down here, message by message, in the
 * order in which they died, and in which they were due. */
struct absences {
    struct bytes letters, dues;       // owned; an octet for each: 1 if its content was not there
    size_t letters_known, dues_known; // so many have been asked for
};

void absences_finish(struct absences *absences);

/* Takes down what this broker does, which is the only one that is watched; NULL: none. The log is
 * borrowed until another call. */
void absences_watch(struct absences *absences, const struct broker *broker);

/* Of the next one; false if the broker knows of none. */
bool absences_next_letter(struct absences *absences);
bool absences_next_due(struct absences *absences);

void absences_forget(struct absences *absences); // all that was taken down

#endif
