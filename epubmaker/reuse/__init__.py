"""The cache of earlier builds: heads, outlines, chapters and books that need not be made again.

    kept      saves                           key                             used only if these are the same
    head      reading the head of a file      the file's path                 the program; the file's size, inode and times of
                                                                              change, the latest at least 2 s before the read
    outline   drafting, to know an article's  `program`, the SHA-256 of       its key
              pictures and links              the file, title, link, dates
    chapter   parsing, cleaning, rendering,   the outline's key, file names   its key
              deflating an article            of the chapter and its
                                              neighbors, the result of each
                                              picture, links to other
                                              articles, the document form
    book      everything                      the book's path                 the program, every option that changes bytes, the
                                                                              files that options name, the installed fonts,
                                                                              SOURCE_DATE_EPOCH, the plan, the SHA-256 of each
                                                                              article, of each local picture and of the book;
                                                                              no answer about a picture has expired

Pictures have a cache of their own: `collector.cache`. `program` is `fingerprints.program_fingerprint`. Keys are hashes of
canonical JSON, the same in every process.

All is in one SQLite file in the cache folder, as JSON and deflated bytes; nothing in it is ever executed. Each row has a
checksum, and its values are checked before they are used (`storage`). A store that cannot be used costs an issue and a slower
build.
"""
