#include "ctl/admin_internal.h"

#include <string.h>

#include "ctl/admin_shape.h"

/* The types of a verb, once each. */
static void print_types(const char *verb, FILE *out)
{
    const struct admin_shape *shape;
    for (size_t i = 0; (shape = admin_shape_at(i)); i++) {
        if (strcmp(shape->verb, verb) == 0 && *shape->type) {
            fprintf(out, " %s", shape->type);
        }
    }
}

/* A case of the script: what may follow one of these words. */
static void print_case(const char *words, const char *list, FILE *out)
{
    fprintf(out, "        %s) words=\"%s", words, list);
    print_types(words, out);
    admin_print_listable(words, out);
    fputs("\" ;;\n", out);
}

/* A case where the broker is asked for names. */
static void print_names(const char *words, const char *objects, FILE *out)
{
    fprintf(out, "        %s) words=$(rabbitmqadmin -q -f bash list %s 2>/dev/null) ;;\n", words,
            objects);
}

void admin_print_completion(FILE *out)
{
    static const char *const verbs[] = {"list", "show", "declare", "delete", "close", "purge"};
    fputs("# Completion of rabbitmqadmin for bash: source it, or save it in\n"
          "# /etc/bash_completion.d.\n"
          "_rabbitmqadmin()\n{\n"
          "    local word=${COMP_WORDS[COMP_CWORD]} words\n"
          "    case ${COMP_WORDS[COMP_CWORD - 1]} in\n",
          out);
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        print_case(verbs[i], "", out);
    }
    print_case("help", "subcommands config", out);
    print_case("-f | --format", "table tsv long kvp raw_json pretty_json bash", out);
    print_names("-V | --vhost", "vhosts", out);
    print_names("-u | --username", "users", out);
    fputs("        export | import | -c | --config | --ssl-*-file)\n"
          "            mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
          "            return ;;\n"
          "        *) words=\"list show declare delete close purge import export get publish help"
          " --help --host --port --vhost --username --password --ssl --format --depth --sort"
          " --sort-reverse\" ;;\n"
          "    esac\n"
          "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
          "}\n"
          "complete -F _rabbitmqadmin rabbitmqadmin\n",
          out);
}
