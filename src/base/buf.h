/* A growable run of bytes. A NUL always follows the last one, so that text can be printed.
 *
 * Life-cycle: PC_BUF_INIT or zeroed memory is a valid empty buffer. pc_buf_finish frees the bytes
 * and leaves an empty buffer that can be used again.
 * Invariant: data == NULL, or data[len] == 0 and len < cap.
 * Ownership: the buffer owns its bytes; pc_buf_detach gives them away.
 * Threads: one at a time.
 * Errors: running out of memory aborts the program (mem.h).
 */
#ifndef PC_BASE_BUF_H
#define PC_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/err.h"

struct pc_buf {
    char *data;
    size_t len;
    size_t cap;
};

#define PC_BUF_INIT                                                                                \
    {                                                                                              \
        NULL, 0, 0                                                                                 \
    }

void pc_buf_finish(struct pc_buf *buf);
/* Makes it empty and keeps the memory. */
void pc_buf_clear(struct pc_buf *buf);
/* Makes room for more bytes behind len. */
void pc_buf_reserve(struct pc_buf *buf, size_t more);
void pc_buf_append(struct pc_buf *buf, const void *bytes, size_t len);
void pc_buf_puts(struct pc_buf *buf, const char *text);
void pc_buf_putc(struct pc_buf *buf, char c);
void pc_buf_printf(struct pc_buf *buf, const char *fmt, ...) PC_PRINTF(2, 3);
void pc_buf_vprintf(struct pc_buf *buf, const char *fmt, va_list args) PC_PRINTF(2, 0);
/* Gives the bytes, which the caller frees, and leaves the buffer empty. Never NULL: an empty buffer
 * gives "". len may be NULL. */
char *pc_buf_detach(struct pc_buf *buf, size_t *len);
/* Borrows the text, "" when the buffer is empty; valid until the next change. */
const char *pc_buf_text(const struct pc_buf *buf);

/* Appends a whole file. PC_E_FILE_TOO_LARGE when it has more than max bytes, else
 * PC_E_FILE_UNREADABLE. */
PC_NODISCARD enum pc_code pc_buf_read_file(struct pc_buf *buf, const char *path, size_t max,
                                           struct pc_err *err);

#endif
