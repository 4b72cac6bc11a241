using System.Net;
using System.Net.Http.Headers;

namespace EdgeModules.Inference.Models;

/// <summary>Files over https. A redirection to anything but https is not followed: the client's handler sees to that.</summary>
public sealed class HttpsFiles(HttpClient client) : IRemoteFiles
{
    public async Task<RemotePart> OpenAsync(Uri uri, long offset, CancellationToken cancellation)
    {
        if (uri.Scheme != Uri.UriSchemeHttps) throw new ModelFetchException($"The address begins with {uri.Scheme}; it must begin with https.");
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        if (offset > 0) request.Headers.Range = new RangeHeaderValue(offset, null);
        HttpResponseMessage? response = null;
        try
        {
            response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.StatusCode is HttpStatusCode.PartialContent)
            {
                var range = response.Content.Headers.ContentRange;
                return new RemotePart(
                    range?.From ?? offset, range?.Length, new ResponseStream(response, await response.Content.ReadAsStreamAsync(cancellation)));
            }

            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                var length = response.Content.Headers.ContentRange?.Length;
                response.Dispose();
                // All of it was there; or what is there is of another file, and it begins anew.
                return new RemotePart(length == offset ? offset : 0, length, Stream.Null);
            }

            if (!response.IsSuccessStatusCode)
            {
                throw new IOException($"{uri.GetLeftPart(UriPartial.Path)} answered {(int)response.StatusCode} {response.ReasonPhrase}.");
            }

            return new RemotePart(
                0, response.Content.Headers.ContentLength, new ResponseStream(response, await response.Content.ReadAsStreamAsync(cancellation)));
        }
        catch (HttpRequestException error)
        {
            response?.Dispose();
            throw new IOException($"{uri.GetLeftPart(UriPartial.Path)} cannot be had. {error.Message}", error);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            response?.Dispose();
            throw new IOException($"{uri.GetLeftPart(UriPartial.Path)} did not answer in time.", error);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    /// <summary>Takes the response along, and gives its errors as those of files.</summary>
    private sealed class ResponseStream(HttpResponseMessage response, Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (HttpRequestException error)
            {
                throw new IOException(error.Message, error);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                inner.Dispose();
                response.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
