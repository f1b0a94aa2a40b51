#include "server/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <time.h>

bool certificate_outlasts(const char *file, uint64_t seconds)
{
    time_t then = time(NULL) + (time_t)seconds;
    BIO *bio = BIO_new_file(file, "r");
    size_t count = 0, good = 0;
    X509 *certificate;
    while (bio && (certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
        count++;
        good += X509_cmp_time(X509_get0_notAfter(certificate), &then) > 0;
        X509_free(certificate);
    }
    BIO_free(bio);
    ERR_clear_error(); // the end of the file is one
    return count > 0 && good == count;
}
