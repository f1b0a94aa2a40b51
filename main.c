#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/bytes.h"
#include "conf/log.h"
#include "conf/settings_help.h"
#include "conf/settings_load.h"
#include "conf/settings_print.h"
#include "program/program.h"
#include "server/inspect.h"

extern char **environ;

struct invocation {
    struct command_line line;
    struct settings *settings; // owned; NULL until they are needed
    struct logger *log;
};

static bool load_settings(struct invocation *invocation)
{
    struct findings findings = {0};
    invocation->settings = settings_load(&invocation->line, environ, &findings);
    logger_configure(invocation->log, invocation->settings);
    logger_tell(invocation->log, &findings);
    bool good = findings_count(&findings, FINDING_ERROR) == 0;
    findings_finish(&findings);
    return good;
}

static void print_bytes(struct bytes *text)
{
    fwrite(text->ptr, 1, text->len, stdout);
    bytes_finish(text);
}

static int act(struct invocation *invocation)
{
    struct bytes text = {0};
    switch (invocation->line.action) {
    case COMMAND_HELP:
        fputs(command_line_help(), stdout);
        return EXIT_SUCCESS;
    case COMMAND_VERSION:
        puts("leveret " LEVERET_VERSION);
        return EXIT_SUCCESS;
    case COMMAND_HELP_SETTINGS:
        settings_help_text(&text);
        print_bytes(&text);
        return EXIT_SUCCESS;
    case COMMAND_HELP_SETTINGS_MARKDOWN:
        settings_help_markdown(&text);
        print_bytes(&text);
        return EXIT_SUCCESS;
    case COMMAND_PRINT_SETTINGS:
        if (!load_settings(invocation)) {
            return EXIT_FAILURE;
        }
        settings_print(invocation->settings, true, &text);
        print_bytes(&text);
        return EXIT_SUCCESS;
    case COMMAND_INSPECT: {
        bool sound = inspect(invocation->line.directory, &text);
        print_bytes(&text);
        return sound ? EXIT_SUCCESS : EXIT_FAILURE;
    }
    case COMMAND_RUN:
        break;
    }
    return load_settings(invocation)
               ? program_run(&invocation->line, invocation->settings, invocation->log)
               : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    struct invocation invocation = {.log = logger_new(STDERR_FILENO)};
    struct findings findings = {0};
    bool understood = command_line_parse(&invocation.line, argc, argv, &findings);
    logger_tell(invocation.log, &findings);
    findings_finish(&findings);
    int status = understood ? act(&invocation) : 2;
    settings_free(invocation.settings);
    command_line_finish(&invocation.line);
    logger_free(invocation.log);
    return status;
}
