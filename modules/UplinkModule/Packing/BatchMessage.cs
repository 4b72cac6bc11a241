using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;
using EdgeModules.Messages.Batches;

namespace EdgeModules.Uplink.Packing;

/// <summary>A batch as it travels.</summary>
internal static class BatchMessage
{
    public static OutboundMessage Of(BatchHeader header, ReadOnlyMemory<byte> body, BatchCompression compression) => new()
    {
        Output = "batches",
        Body = body,
        Count = (int)Math.Min(header.Count, int.MaxValue),
        MessageType = "batch",
        Priority = header.Priority,
        MessageId = header.Id,
        Properties = new Dictionary<string, string> { [SystemProperties.ContentEncoding] = BatchCodec.ContentEncodingOf(compression) },
    };

    /// <summary>Body, and names and values of properties.</summary>
    public static int BytesOf(OutboundMessage message) =>
        message.Body.Length + message.WireProperties().Sum(property => Encoding.UTF8.GetByteCount(property.Key) + Encoding.UTF8.GetByteCount(property.Value));
}
