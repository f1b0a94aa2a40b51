#define _GNU_SOURCE
#include "server/certificate.h"

#include <criterion/criterion.h>
#include <unistd.h>

#include "tests/certificates.h"

/* A file with a certificate for each of these lengths of life, in seconds; 0 ends them. */
static void make_file(char *path, const long *lives)
{
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    FILE *file = fdopen(fd, "w");
    for (; *lives; lives++) {
        struct identity made = identity_new("CN=x", NULL);
        X509_gmtime_adj(X509_getm_notAfter(made.certificate), *lives);
        cr_assert(PEM_write_X509(file, made.certificate));
        identity_free(&made);
    }
    fclose(file);
}

Test(certificate, outlasts_what_is_before_its_end)
{
    char path[] = "/tmp/leveret-certificate-XXXXXX";
    make_file(path, (const long[]){3600, 0});
    cr_expect(certificate_outlasts(path, 0));
    cr_expect(certificate_outlasts(path, 3000));
    cr_expect_not(certificate_outlasts(path, 4000));
    unlink(path);
}

Test(certificate, of_several_the_one_that_ends_first_counts)
{
    char path[] = "/tmp/leveret-certificate-XXXXXX";
    make_file(path, (const long[]){9000, 3600, 7000, 0});
    cr_expect(certificate_outlasts(path, 3000));
    cr_expect_not(certificate_outlasts(path, 4000));
    unlink(path);
}

Test(certificate, that_is_not_there_outlasts_nothing)
{
    char path[] = "/tmp/leveret-certificate-XXXXXX";
    make_file(path, (const long[]){0});
    cr_expect_not(certificate_outlasts(path, 0));
    unlink(path);
    cr_expect_not(certificate_outlasts(path, 0));
}
