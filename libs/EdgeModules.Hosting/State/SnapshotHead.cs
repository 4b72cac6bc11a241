using System.Buffers.Binary;
using LiteDB;

namespace EdgeModules.Hosting.State;

/// <param name="Generation">Of the journal that follows the snapshot.</param>
/// <param name="Records">Of the snapshot.</param>
internal readonly record struct SnapshotHead(long Generation, long Records)
{
    private const string Id = "snapshot";

    /// <returns>Null when there is none, or it is damaged.</returns>
    public static SnapshotHead? Read(ILiteCollection<BsonDocument> heads)
    {
        if (heads.FindById(Id) is not { } document || CheckedDocument.DataOf(document) is not { Length: 16 } data) return null;
        return new SnapshotHead(BinaryPrimitives.ReadInt64LittleEndian(data), BinaryPrimitives.ReadInt64LittleEndian(data.AsSpan(8)));
    }

    public BsonDocument ToDocument()
    {
        Span<byte> data = stackalloc byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(data, Generation);
        BinaryPrimitives.WriteInt64LittleEndian(data[8..], Records);
        return CheckedDocument.Of(Id, data);
    }
}
