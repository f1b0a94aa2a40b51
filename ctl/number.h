#ifndef CTL_NUMBER_H
#define CTL_NUMBER_H

#include <stdbool.h>

/* Numbers as RabbitMQ's tools read them. */

/* A whole number at the front of a text, and what stands behind it. */
struct whole {
    long long number;
    const char *rest; // borrowed from the text
};

/* False if the text does not begin with a whole number. */
bool whole_of(const char *text, struct whole *out);

/* So many octets, what stands behind the number being a unit: k, M and G and kiB, MiB and GiB are
 * powers of 1024, kB, MB and GB of 1000. False if it is no unit, or the number is below zero or too
 * large. */
bool octets_of(const struct whole *whole, unsigned long long *out);

/* Digits, perhaps with a dot between them, a sign before them or an exponent behind. False if the
 * text is something else, or has more in it. */
bool fraction_of(const char *text, double *out);

#endif
