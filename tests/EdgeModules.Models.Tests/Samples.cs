using EdgeModules.Models.Onnx;
using Google.Protobuf;
using Newtonsoft.Json.Linq;

namespace EdgeModules.Models.Tests;

internal static class Samples
{
    public static ModelManifest Manifest { get; } = new()
    {
        Name = "press",
        Version = "1.0.0",
        Family = ModelFamilies.LinearAutoencoder,
        Features = [new ModelFeature("temperature", "°C", -40, 125), new ModelFeature("humidity")],
        Window = new ModelWindow(2, 1_000),
        Normalisation = new Normalisation { Kind = Normalisation.Static, Means = [20.5, 45], Deviations = [2, 0.1] },
        Limit = 0.8,
        DataSet = new DataSetInfo("press-2026", new string('a', 64), 1_000, "2026-01-01T00:00:00Z"),
        Training = new JObject { ["f1"] = 0.93 },
        Golden = [new GoldenVector([20.1f, 45, 1e-7f, 44], 0.25)],
    };

    /// <summary>The interface of a model of windows of two readings with two features; it computes nothing.</summary>
    public static ModelProto Model()
    {
        var graph = new GraphProto { Name = "press" };
        graph.Input.Add(Value("window", "N", 2, 2));
        graph.Output.Add(Value("score", "N"));
        graph.Output.Add(Value("contributions", "N", 2));
        graph.Initializer.Add(new TensorProto { Name = "weights", DataType = 1, RawData = ByteString.CopyFrom(new byte[16]), Dims = { 2, 2 } });
        graph.Node.Add(new NodeProto { OpType = "MatMul", Input = { "window", "weights" }, Output = { "score" } });
        return new ModelProto
        {
            IrVersion = 8,
            ProducerName = "tests",
            ProducerVersion = "1",
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            MetadataProps = { new StringStringEntryProto { Key = "author", Value = "me" } },
        };
    }

    public static ValueInfoProto Value(string name, string batch, params int[] sizes)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = batch } } };
        shape.Dim.Add(sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } } };
    }
}
