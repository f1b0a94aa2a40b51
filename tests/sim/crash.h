#ifndef TESTS_SIM_CRASH_H
#define TESTS_SIM_CRASH_H

/* Has `on_crash` called before a failed check or a sanitizer ends the program, so that the seed is
 * told. */
void crash_notify(void (*on_crash)(void));

#endif
