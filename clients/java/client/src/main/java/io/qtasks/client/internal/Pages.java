package io.qtasks.client.internal;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Every item of a paged list; the next page is asked for when the one before was read. */
public final class Pages<T> implements Iterator<T> {
  /** One page; the token of the next is empty at the end. */
  public record Page<T>(Iterator<T> items, String nextPageToken) {}

  private final Function<String, Page<T>> fetch;
  private Page<T> page;

  public Pages(Function<String, Page<T>> fetch) {
    this.fetch = fetch;
  }

  @Override
  public boolean hasNext() {
    if (page == null) page = fetch.apply("");
    // A page may be empty without being the last.
    while (!page.items.hasNext() && !page.nextPageToken.isEmpty())
      page = fetch.apply(page.nextPageToken);
    return page.items.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) throw new NoSuchElementException("the list has ended");
    return page.items.next();
  }
}
