/* A growable run of bytes, always NUL-terminated behind its length so that text can be printed.
 *
 * Life-cycle: PC_BUF_INIT or zeroed memory is a valid empty buffer; pc_buf_finish frees it and
 * leaves it empty and usable. Invariant: data == NULL or data[len] == 0, len < cap.
 * Ownership: the buffer owns its bytes; pc_buf_detach gives them away.
 * Threads: one thread at a time. Allocation failure aborts (see pc_xzalloc).
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
/* Forgets the bytes, keeps the memory. */
void pc_buf_clear(struct pc_buf *buf);
void pc_buf_reserve(struct pc_buf *buf, size_t more);
void pc_buf_append(struct pc_buf *buf, const void *bytes, size_t len);
void pc_buf_puts(struct pc_buf *buf, const char *text);
void pc_buf_putc(struct pc_buf *buf, char c);
void pc_buf_printf(struct pc_buf *buf, const char *fmt, ...) PC_PRINTF(2, 3);
void pc_buf_vprintf(struct pc_buf *buf, const char *fmt, va_list args) PC_PRINTF(2, 0);
/* Gives: the caller frees with free(). Never NULL (an empty buffer gives ""). The buffer is empty
 * after. */
char *pc_buf_detach(struct pc_buf *buf, size_t *len);
/* Text of the buffer, "" when empty. Borrows: valid until the next change. */
const char *pc_buf_text(const struct pc_buf *buf);

/* Reads a whole file, refusing more than max bytes (PC_E_FILE_TOO_LARGE); PC_E_FILE_UNREADABLE
 * otherwise. */
PC_NODISCARD enum pc_code pc_buf_read_file(struct pc_buf *buf, const char *path, size_t max,
                                           struct pc_err *err);

#endif
