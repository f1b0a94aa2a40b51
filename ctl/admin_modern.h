#ifndef CTL_ADMIN_MODERN_H
#define CTL_ADMIN_MODERN_H

#include <stdbool.h>

/* The command line of RabbitMQ's newer rabbitmqadmin, version 2, which has its arguments as
 * options:
 *
 *     rabbitmqadmin --vhost v declare queue --name q --type quorum
 *     rabbitmqadmin --vhost v queues declare --name q --type quorum
 *
 * in the words of the older one, which are carried out:
 *
 *     rabbitmqadmin --vhost v declare queue name=q queue_type=quorum
 */
enum { MODERN_WORDS_MAX = 96 };

struct admin_modern {
    char *words[MODERN_WORDS_MAX + 1]; // owned; the first is the program, NULL behind the last
    int count;
    bool idempotent; // what is to be deleted need not be there
};

/* False if it is no command line of that kind, or too long: it is what it is, then. Must be given
 * back with admin_modern_finish in either case. */
bool admin_modern_translate(struct admin_modern *out, int argc, char *const *argv);
void admin_modern_finish(struct admin_modern *modern);

#endif
