using System.Runtime.InteropServices;
using EdgeModules.Models;
using EdgeModules.Models.Onnx;
using Google.Protobuf;

namespace EdgeModules.ModelTrainer.Onnx;

/// <summary>Writes the graph of a model: constants and nodes, each named after what it computes. IR 8, opset 17.</summary>
internal sealed class GraphBuilder(string name)
{
    private const int Float = 1;
    private const int Int64 = 7;
    private readonly GraphProto _graph = new() { Name = name };

    public string Constant(string constant, ReadOnlySpan<float> values, params long[] dimensions)
    {
        _graph.Initializer.Add(new TensorProto
        {
            Name = constant,
            DataType = Float,
            Dims = { dimensions },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
        });
        return constant;
    }

    public string Integers(string constant, params long[] values)
    {
        _graph.Initializer.Add(new TensorProto
        {
            Name = constant,
            DataType = Int64,
            Dims = { values.Length },
            RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())),
        });
        return constant;
    }

    public string Node(string operation, string output, params string[] inputs) => Node(operation, output, inputs, []);

    public string Node(string operation, string output, string[] inputs, params (string Name, long Value)[] attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output, Input = { inputs }, Output = { output } };
        node.Attribute.Add(attributes.Select(a => new AttributeProto { Name = a.Name, I = a.Value, Type = AttributeProto.Types.AttributeType.Int }));
        _graph.Node.Add(node);
        return output;
    }

    public byte[] Build(int size, int features)
    {
        _graph.Input.Add(Value(ModelInterface.Window, size, features));
        _graph.Output.Add(Value(ModelInterface.Score));
        _graph.Output.Add(Value(ModelInterface.Contributions, features));
        var model = new ModelProto
        {
            IrVersion = 8,
            ProducerName = "ModelTrainer",
            ProducerVersion = "1",
            OpsetImport = { new OperatorSetIdProto { Version = 17 } },
            Graph = _graph,
        };
        return model.ToByteArray();
    }

    private static ValueInfoProto Value(string value, params int[] sizes)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        shape.Dim.Add(sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new ValueInfoProto { Name = value, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = Float, Shape = shape } } };
    }
}
