"""What a build remembers for the next one: nothing is worked out again that nothing has changed for.

    reuse           what is saved                       guarded by (all must be the same)
    head            reading and parsing a file's head   `program`, its path, size, inode and times of change, which lie two
                                                        seconds back at least
    outline         asking which pictures it names      `program`, the SHA-256 of the file, its title, link and dates
    chapter         parsing, cleaning, rendering,       the outline's key, the chapter's file name, its neighbors, what
                    deflating an article                became of each picture, which links stay in the book, the form
                                                        that the device's engine asks for
    picture         fetching, decoding, fitting         see `collector.cache`: freshness, the SHA-256 of its bytes, the
                                                        settings, our code for pictures, Pillow's version
    book            everything                          `program`, every option that shapes the book, the contents of files
                                                        that options name, the fonts there are, SOURCE_DATE_EPOCH, the plan
                                                        with the SHA-256 of each article, each local picture, the book
                                                        itself; no answer about a picture is due to be asked for again

`program` is the hash of our own code and data, of the versions of what they use, and of Python's. Keys are hashes of
canonical JSON: the same in every process.

Everything is in one SQLite file in the cache folder, as JSON and as deflated bytes: nothing in it is ever executed. Each
row is under a seal, and what it says is checked before it is used (`storage`). A store that cannot be used is an issue
and a slower build.
"""
