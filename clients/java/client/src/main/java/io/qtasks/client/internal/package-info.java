/** What client and worker share. Not for programs: it may change with any release. */
package io.qtasks.client.internal;
