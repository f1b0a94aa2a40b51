#ifndef SERVER_BLOCKED_H
#define SERVER_BLOCKED_H

struct conn;

/* Resource alarms as connections see them. A connection is blocked when it publishes while an alarm
 * is on; it is then told (if it asked to be) and not read from until no alarm is left. */

/* Content has been received. */
void blocked_on_publish(struct conn *conn);

/* The last alarm has cleared. */
void blocked_release(struct conn *conn);

#endif
