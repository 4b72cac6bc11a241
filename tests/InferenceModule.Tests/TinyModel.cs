using System.Security.Cryptography;
using EdgeModules.Models;
using EdgeModules.Models.Onnx;
using Google.Protobuf;

namespace EdgeModules.Inference.Tests;

/// <summary>
/// A model small enough for a twin: the error e of a window is the mean of its values without their signs, the score e / (e + 0.25), so 1 is the limit 0.8.
/// </summary>
internal static class TinyModel
{
    public const float Constant = 0.25f;

    public static ModelManifest Manifest(int size = 3, Normalisation? normalisation = null, params string[] features) => new()
    {
        Name = "tiny",
        Version = "1",
        Features = [.. (features.Length == 0 ? ["temperature", "humidity"] : features).Select(name => new ModelFeature(name, null, -1000, 1000))],
        Window = new ModelWindow(size, 1000),
        Normalisation = normalisation ?? new Normalisation { Kind = Normalisation.None },
        Limit = 0.8,
    };

    public static byte[] Bytes(ModelManifest? manifest, int size = 3, int features = 2, int opset = 17)
    {
        var graph = new GraphProto { Name = "g" };
        graph.Input.Add(Value("window", size, features));
        graph.Output.Add(Value("score"));
        graph.Output.Add(Value("contributions", features));
        graph.Initializer.Add(new TensorProto { Name = "c", DataType = 1, RawData = Single(Constant), Dims = { 1 } });
        graph.Initializer.Add(new TensorProto { Name = "s", DataType = 1, RawData = Single(1e-9f), Dims = { 1 } });
        graph.Node.Add(new NodeProto { OpType = "Abs", Input = { "window" }, Output = { "a" } });
        graph.Node.Add(Mean("a", "m", keep: false, 1));
        graph.Node.Add(Mean("a", "e", keep: false, 1, 2));
        graph.Node.Add(new NodeProto { OpType = "Add", Input = { "e", "c" }, Output = { "d" } });
        graph.Node.Add(new NodeProto { OpType = "Div", Input = { "e", "d" }, Output = { "score" } });
        graph.Node.Add(new NodeProto { OpType = "Add", Input = { "m", "s" }, Output = { "n" } });
        graph.Node.Add(Mean("n", "t", keep: true, 1));
        graph.Initializer.Add(new TensorProto { Name = "f", DataType = 1, RawData = Single(features), Dims = { 1 } });
        graph.Node.Add(new NodeProto { OpType = "Mul", Input = { "t", "f" }, Output = { "u" } });
        graph.Node.Add(new NodeProto { OpType = "Div", Input = { "n", "u" }, Output = { "contributions" } });
        var model = new ModelProto { IrVersion = 8, Graph = graph, OpsetImport = { new OperatorSetIdProto { Version = opset } } };
        return manifest is null ? model.ToByteArray() : ModelFile.Attach(model.ToByteArray(), manifest);
    }

    public static string Sha256(byte[] model) => Convert.ToHexStringLower(SHA256.HashData(model));

    private static ByteString Single(float value) => ByteString.CopyFrom(BitConverter.GetBytes(value));

    private static NodeProto Mean(string input, string output, bool keep, params long[] axes) => new()
    {
        OpType = "ReduceMean", Input = { input }, Output = { output },
        Attribute =
        {
            new AttributeProto { Name = "axes", Type = AttributeProto.Types.AttributeType.Ints, Ints = { axes } },
            new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int, I = keep ? 1 : 0 },
        },
    };

    private static ValueInfoProto Value(string name, params int[] sizes)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        shape.Dim.Add(sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
    }
}
