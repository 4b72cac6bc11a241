using LiteDB;

namespace EdgeModules.Hosting.State;

/// <summary>Bytes with a checksum, as a document of LiteDB, whose pages have none.</summary>
internal static class CheckedDocument
{
    public static BsonDocument Of(BsonValue id, ReadOnlySpan<byte> data) => new() { ["_id"] = id, ["crc"] = Checksum.Of(data), ["data"] = data.ToArray() };

    /// <returns>Null when they are damaged.</returns>
    public static byte[]? DataOf(BsonDocument document) =>
        document["data"] is { IsBinary: true } data && document["crc"] is { IsInt32: true } crc && Checksum.Of(data.AsBinary) == crc.AsInt32 ? data.AsBinary : null;
}
