#ifndef SERVER_BLOCKED_H
#define SERVER_BLOCKED_H

struct conn;
struct engine;

/* Resource alarms as connections see them. A connection is blocked when it publishes while an alarm
 * is on; it is then told (if it asked to be) and not read from until no alarm is left. */

/* Content has been received. */
void blocked_on_publish(struct conn *conn);

/* The last alarm has cleared. */
void blocked_release(struct conn *conn);

/* A connection that publishes while engine->full is not read from either, until this is called. */
void blocked_end_stalls(struct engine *engine);

#endif
