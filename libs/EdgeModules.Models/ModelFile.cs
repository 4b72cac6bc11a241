using System.Security.Cryptography;
using EdgeModules.Models.Onnx;
using Google.Protobuf;

namespace EdgeModules.Models;

/// <summary>Reads and marks model files; never runs them.</summary>
public static class ModelFile
{
    private static readonly string[] ElementTypes =
    [
        "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "float64", "uint32", "uint64", "complex64",
        "complex128", "bfloat16",
    ];

    /// <exception cref="ModelFormatException">The bytes are not an ONNX model.</exception>
    public static ModelDescription Describe(ReadOnlySpan<byte> model)
    {
        var proto = Parse(model);
        var initializers = proto.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return new ModelDescription(
            proto.IrVersion,
            $"{proto.ProducerName} {proto.ProducerVersion}".Trim(),
            Last(proto.OpsetImport, opset => opset.Domain.Length == 0 ? "ai.onnx" : opset.Domain, opset => opset.Version),
            Last(proto.Graph.Node.GroupBy(node => node.OpType, StringComparer.Ordinal), group => group.Key, group => group.Count()),
            [.. proto.Graph.Input.Where(input => !initializers.Contains(input.Name)).Select(Describe)],
            [.. proto.Graph.Output.Select(Describe)],
            Last(proto.MetadataProps, entry => entry.Key, entry => entry.Value),
            ExternalData.IsIn(proto),
            model.Length,
            Convert.ToHexStringLower(SHA256.HashData(model)));
    }

    /// <summary>
    /// The model with this manifest in place of any that it had; all else as it was. Whether the two fit is not checked: <see cref="ModelInterface"/>.
    /// </summary>
    /// <exception cref="ModelFormatException">The bytes are not an ONNX model.</exception>
    public static byte[] Attach(byte[] model, ModelManifest manifest)
    {
        var proto = Parse(model);
        var others = proto.MetadataProps.Where(entry => entry.Key != ModelManifest.MetadataKey).ToList();
        proto.MetadataProps.Clear();
        proto.MetadataProps.Add(others);
        proto.MetadataProps.Add(new StringStringEntryProto { Key = ModelManifest.MetadataKey, Value = manifest.ToJson() });
        return proto.ToByteArray();
    }

    private static ModelProto Parse(ReadOnlySpan<byte> model)
    {
        ModelProto proto;
        try
        {
            proto = ModelProto.Parser.ParseFrom(model);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw new ModelFormatException($"The file's {model.Length} bytes cannot be read as an ONNX model. {error.Message}", error);
        }

        return proto is { IrVersion: > 0, Graph: not null }
            ? proto
            : throw new ModelFormatException($"The file's {model.Length} bytes have no IR version or no graph; they must be an ONNX model.");
    }

    private static ModelValue Describe(ValueInfoProto value) => value.Type?.TensorType is { } tensor
        ? new ModelValue(value.Name, TypeName(tensor.ElemType), tensor.Shape is null ? null : [.. tensor.Shape.Dim.Select(Describe)])
        : new ModelValue(value.Name, "unknown", null);

    private static ModelDimension Describe(TensorShapeProto.Types.Dimension dimension) => dimension.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => new ModelDimension(dimension.DimValue, null),
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => new ModelDimension(null, dimension.DimParam),
        _ => new ModelDimension(null, null),
    };

    private static string TypeName(int type) => type > 0 && type < ElementTypes.Length ? ElementTypes[type] : $"type {type}";

    /// <summary>Sorted; of several with one key, the last.</summary>
    private static SortedDictionary<string, TValue> Last<T, TValue>(IEnumerable<T> items, Func<T, string> key, Func<T, TValue> value)
    {
        var dictionary = new SortedDictionary<string, TValue>(StringComparer.Ordinal);
        foreach (var item in items) dictionary[key(item)] = value(item);
        return dictionary;
    }
}
