using System.Runtime.InteropServices;
using EdgeModules.Models;
using EdgeModules.Models.Onnx;
using Google.Protobuf;

namespace EdgeSimulator.Tours;

/// <summary>A model of the ModelTrainer's linear family, taken apart to be changed. The names of its parts are those that the trainer gives them.</summary>
internal sealed class ModelEdit
{
    private readonly ModelProto _model;

    private ModelEdit(ModelProto model, ModelManifest manifest) => (_model, Manifest) = (model, manifest);

    public ModelManifest Manifest { get; }

    /// <exception cref="ModelFormatException">Not such a model.</exception>
    public static ModelEdit Open(byte[] model)
    {
        var manifest = ModelFile.Describe(model).ReadManifest() ?? throw new ModelFormatException("The model has no manifest within.");
        if (manifest is not { Family: ModelFamilies.LinearAutoencoder, Normalisation: { Kind: Normalisation.Static, Means: not null, Deviations: not null } })
        {
            throw new ModelFormatException(
                $"The model is of family {manifest.Family} with normalisation {manifest.Normalisation.Kind}; "
                + $"it must be {ModelFamilies.LinearAutoencoder} with {Normalisation.Static}.");
        }

        return new ModelEdit(ModelProto.Parser.ParseFrom(model), manifest);
    }

    public int IndexOf(string feature)
    {
        var index = Manifest.Features.Select(known => known.Name).ToList().IndexOf(feature);
        return index >= 0 ? index : throw new ModelFormatException($"The model has no feature {feature}.");
    }

    public float[] Read(string constant) => MemoryMarshal.Cast<byte, float>(Constant(constant).RawData.Span).ToArray();

    public void Write(string constant, ReadOnlySpan<float> values) => Constant(constant).RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values));

    public string Add(string constant, ReadOnlySpan<float> values, params long[] dimensions)
    {
        const int Float = 1;
        _model.Graph.Initializer.Add(new TensorProto { Name = constant, DataType = Float, Dims = { dimensions } });
        Write(constant, values);
        return constant;
    }

    public string AddIntegers(string constant, params long[] values)
    {
        const int Int64 = 7;
        var raw = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));
        _model.Graph.Initializer.Add(new TensorProto { Name = constant, DataType = Int64, Dims = { values.Length }, RawData = raw });
        return constant;
    }

    /// <summary>Puts nodes between the one that gives <paramref name="value"/> and all that use it; the last of them gives what is used instead.</summary>
    public void Insert(string value, params (string Operation, string Output, string[] Inputs)[] nodes)
    {
        var graph = _model.Graph;
        foreach (var user in graph.Node)
        {
            for (var input = 0; input < user.Input.Count; input++)
            {
                if (user.Input[input] == value) user.Input[input] = nodes[^1].Output;
            }
        }

        var place = graph.Node.ToList().FindIndex(node => node.Output.Contains(value)) + 1;
        if (place == 0) throw new ModelFormatException($"The model computes no {value}.");
        foreach (var (operation, output, inputs) in nodes)
            graph.Node.Insert(place++, new NodeProto { OpType = operation, Name = output, Input = { inputs }, Output = { output } });
    }

    public byte[] ToModel(ModelManifest manifest) => ModelFile.Attach(_model.ToByteArray(), manifest);

    private TensorProto Constant(string name) => _model.Graph.Initializer.FirstOrDefault(tensor => tensor.Name == name)
        ?? throw new ModelFormatException($"The model has no constant {name}.");
}
