/* Names in the Content-Disposition of a part, in all the ways that clients write them. Pure.
 *
 *     filename="a.jpg"                      with \" or %22 for a quote
 *     filename*=utf-8''%C3%BCn%C3%AF.jpg    RFC 8187, preferred; in pieces (filename*0*=) RFC 2231
 *     filename="=?utf-8?B?w7xuw68uanBn?="   RFC 2047, in B or Q
 *     filename="C:\dir\a.jpg"               the whole path
 *
 * Threads: safe.
 */
#ifndef PC_HTTP_BODY_DISPOSITION_H
#define PC_HTTP_BODY_DISPOSITION_H

/* Give UTF-8 (free()), or NULL when there is no such name. Of a file's name what follows the last
 * slash or backslash is given, with "_" for control characters; "" when that is empty. Bytes that
 * are not UTF-8 are taken for Windows-1252. */
char *pc_disposition_name(const char *header);
char *pc_disposition_file_name(const char *header);

#endif
