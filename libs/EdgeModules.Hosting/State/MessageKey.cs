using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using EdgeModules.Hosting.Connection;
using EdgeModules.Messages;

namespace EdgeModules.Hosting.State;

/// <summary>By what a module knows a message again: 128 bits over sender and message id or, where it has none, over properties and body.</summary>
public readonly record struct MessageKey(ulong High, ulong Low)
{
    public static MessageKey Of(InboundMessage message)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (message.Properties.TryGetValue(SystemProperties.MessageId, out var id))
        {
            Append(message.Properties.GetValueOrDefault(SystemProperties.ConnectionDeviceId, ""));
            Append(message.Properties.GetValueOrDefault(SystemProperties.ConnectionModuleId, ""));
            Append(id);
        }
        else
        {
            foreach (var (name, value) in message.Properties.OrderBy(property => property.Key, StringComparer.Ordinal))
            {
                Append(name);
                Append(value);
            }

            hash.AppendData(message.Body.Span);
        }

        Span<byte> digest = stackalloc byte[32];
        hash.GetHashAndReset(digest);
        return new MessageKey(BinaryPrimitives.ReadUInt64BigEndian(digest), BinaryPrimitives.ReadUInt64BigEndian(digest[8..]));

        void Append(string text)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => $"{High:x16}{Low:x16}";

    public void Write(BinaryWriter writer)
    {
        writer.Write(High);
        writer.Write(Low);
    }

    public static MessageKey Read(BinaryReader reader) => new(reader.ReadUInt64(), reader.ReadUInt64());
}
