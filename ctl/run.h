#ifndef CTL_RUN_H
#define CTL_RUN_H

#include <jansson.h>
#include <stdio.h>

#include "ctl/command.h"
#include "ctl/exit_code.h"
#include "ctl/formatter.h"
#include "ctl/http.h"
#include "ctl/options.h"

/* A command while it runs: what was asked for, where its words go, and the broker that it speaks
 * with, which is looked for when it is first needed. */
struct run {
    const struct command *command; // borrowed
    const char *tool;              // the name that we were called by; borrowed
    struct options options;
    enum formatter formatter;
    int argc;
    char *const *argv; // as it was called, borrowed; argv[0] is passed over
    FILE *out;         // borrowed
    FILE *err;         // borrowed
    struct http_server server;
    bool found; // server is filled in
    char *node; // owned: its name; NULL: not asked yet
};

void run_finish(struct run *run);

/* --- What was said. --- */

const char *run_argument(const struct run *run, size_t index); // NULL: there are less
const char *run_vhost(const struct run *run);                  // "/" unless it was said

/* A whole number given as the value of an option, or `fallback`; -1 if it is none. */
long run_number(const struct run *run, const char *option, long fallback);

/* How long the broker has for an answer, in seconds: what was said, or a minute. */
unsigned run_timeout(const struct run *run);

/* --- What is told. --- */

/* A line that only people want to read: not with --quiet, --silent or a formatter for programs. */
__attribute__((format(printf, 2, 3))) void run_banner(const struct run *run, const char *format,
                                                      ...);

/* Whether programs want members and not texts: what is told goes to run_tell. */
bool run_wants_data(const struct run *run);

/* An object or a list for programs; taken. Returns EXIT_OK. */
int run_tell(struct run *run, json_t *told);

/* The same of a check that failed, on the other output. Returns EXIT_UNAVAILABLE. */
int run_tell_failure(struct run *run, json_t *told);

/* A check has passed: a line of text, nothing with --silent, {"result":"ok"} as JSON. */
__attribute__((format(printf, 2, 3))) int run_pass(struct run *run, const char *format, ...);

/* What was done, a line of text; {"node":…,"result":"ok","value":…} as JSON. */
__attribute__((format(printf, 2, 3))) int run_done(struct run *run, const char *format, ...);

/* The outcome, a line of text; {"message":…} as JSON. Returns EXIT_OK. */
__attribute__((format(printf, 2, 3))) int run_say(struct run *run, const char *format, ...);

/* "Error:" and the text on the other output. Returns the code. */
__attribute__((format(printf, 3, 4))) int run_fail(const struct run *run, enum exit_code code,
                                                   const char *format, ...);

/* The same of commands that tell it as {"message":…,"node":…,"result":"error"} in JSON, with
 * EXIT_UNAVAILABLE. */
__attribute__((format(printf, 3, 4))) int run_refuse(struct run *run, enum exit_code code,
                                                     const char *format, ...);

/* The broker has not answered in time. Returns EXIT_TIMED_OUT. */
int run_timed_out(struct run *run);

/* What was typed makes no sense: RabbitMQ's words, and how the command is used. */
__attribute__((format(printf, 3, 4))) int run_misuse(const struct run *run, enum exit_code code,
                                                     const char *format, ...);

/* What was typed, and how the command is used, on the other output. */
void run_usage(const struct run *run);

/* There is no such virtual host, in RabbitMQ's words. Returns the code. */
int run_no_vhost(const struct run *run, const char *name);

/* --- The broker. --- */

/* One request to the API. `path` is taken; the body is borrowed, or NULL. */
struct question {
    const char *method;
    char *path;
    const json_t *body;
    const char *reason; // X-Reason, or NULL
};

/* Zero-initialise it; answer_finish gives it back. */
struct answer {
    int status;
    json_t *json; // NULL: none came
};

void answer_finish(struct answer *answer);
const char *answer_reason(const struct answer *answer); // why it was refused; never NULL

/* Asks; whatever the status, EXIT_OK. Without an answer it is told why, and the code returned. */
int run_ask(struct run *run, struct question question, struct answer *answer);

/* Asks; a status of 400 and more is told as an error. */
int run_demand(struct run *run, struct question question, struct answer *answer);

/* run_demand without a use for the answer; takes the body. */
int run_change(struct run *run, struct question question, json_t *body);

/* Whether something is there: 1, 0, or minus the code if there is no answer, which is told. Takes
 * the path. */
int run_exists(struct run *run, char *path);

/* Finds the broker and says nothing. 0, or a negative errno. */
int run_find(struct run *run, struct text *why);

/* Whether it answers, without a word; *process is that of the broker, 0 if not known. */
bool run_reach(struct run *run, long *process);

/* The name of the node; "rabbit@" and our host as long as there is no answer. */
const char *run_node(struct run *run);

/* For texts of a member; "" if it is none. */
const char *member_text(const json_t *object, const char *name);

#endif
