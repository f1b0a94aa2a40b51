#ifndef TESTS_UNIT_BROKER_DESCRIBE_H
#define TESTS_UNIT_BROKER_DESCRIBE_H

#include "broker/broker.h"

/* What of a broker lasts, as lines of text in an order of their own: topology and the places of
 * messages. What is left out are the numbers of the next positions, which a restart
 * may lower to those that the journal knows. The caller frees it. */
char *describe(struct broker *broker);

#endif
