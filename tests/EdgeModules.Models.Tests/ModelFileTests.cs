using System.Security.Cryptography;
using EdgeModules.Models.Onnx;
using FsCheck.Xunit;
using Google.Protobuf;

namespace EdgeModules.Models.Tests;

public class ModelFileTests
{
    private static readonly byte[] Model = Samples.Model().ToByteArray();

    [Fact]
    public void Describe_OfAModel_HasWhatItIs()
    {
        var description = ModelFile.Describe(Model);

        Assert.Equal((8, "tests 1", false, Model.Length), (description.IrVersion, description.Producer, description.HasExternalData, description.Bytes));
        Assert.Equal(17, description.Opsets["ai.onnx"]);
        Assert.Equal(1, description.Operators["MatMul"]);
        Assert.Equal(["window: float32 [N, 2, 2]"], description.Inputs.Select(input => input.ToString()));
        Assert.Equal(["score: float32 [N]", "contributions: float32 [N, 2]"], description.Outputs.Select(output => output.ToString()));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Model)), description.Sha256);
        Assert.Null(description.ReadManifest());
    }

    [Fact]
    public void Describe_OfAnInputWithADefault_LeavesItOut()
    {
        var model = Samples.Model();
        model.Graph.Input.Add(Samples.Value("weights", "K", 2));

        Assert.Equal(["window"], ModelFile.Describe(model.ToByteArray()).Inputs.Select(input => input.Name));
    }

    [Fact]
    public void Attach_Twice_LeavesTheLastManifestAndAllElse()
    {
        // Field 5 (model_version) and field 6 (doc_string) are not in the project's .proto.
        var foreign = Model.Concat(new byte[] { 0x28, 0x07, 0x32, 0x02, (byte)'h', (byte)'i' }).ToArray();
        var newer = Samples.Manifest with { Version = "2.0.0" };

        var attached = ModelFile.Attach(ModelFile.Attach(foreign, Samples.Manifest), newer);

        var description = ModelFile.Describe(attached);
        Assert.Equal(newer.ToJson(), description.ReadManifest()!.ToJson());
        Assert.Equal("me", description.Metadata["author"]);
        var stripped = ModelProto.Parser.ParseFrom(attached);
        stripped.MetadataProps.RemoveAt(1);
        Assert.Equal(ModelProto.Parser.ParseFrom(foreign).ToByteArray(), stripped.ToByteArray());
        Assert.True(stripped.ToByteArray().AsSpan().IndexOf("hi"u8) > 0);
    }

    public static TheoryData<string> Hidden => new("initializer", "attribute", "subgraph", "sparse", "function", "training");

    [Theory]
    [MemberData(nameof(Hidden))]
    public void Describe_WithATensorInAnotherFile_SaysSo(string place)
    {
        var model = Samples.Model();
        var tensor = new TensorProto
        {
            DataLocation = TensorProto.Types.DataLocation.External,
            ExternalData = { new StringStringEntryProto { Key = "location", Value = "../../etc/passwd" } },
        };
        var node = new NodeProto { OpType = "Constant", Attribute = { new AttributeProto { Name = "value", T = tensor } } };
        var graph = new GraphProto { Node = { node } };
        switch (place)
        {
            case "initializer": model.Graph.Initializer.Add(tensor); break;
            case "attribute": model.Graph.Node.Add(node); break;
            case "subgraph": model.Graph.Node.Add(new NodeProto { OpType = "If", Attribute = { new AttributeProto { Name = "then_branch", G = graph } } }); break;
            case "sparse": model.Graph.SparseInitializer.Add(new SparseTensorProto { Values = tensor }); break;
            case "function": model.Functions.Add(new FunctionProto { Name = "f", Node = { node } }); break;
            default: model.TrainingInfo.Add(new TrainingInfoProto { Algorithm = graph }); break;
        }

        Assert.True(ModelFile.Describe(model.ToByteArray()).HasExternalData);
    }

    [Fact]
    public void Describe_OfAModelCutAnywhere_ReadsOrThrowsTheOneException()
    {
        for (var length = 0; length < Model.Length; length++)
        {
            var error = Record.Exception(() => ModelFile.Describe(Model.AsSpan(0, length)));
            Assert.True(error is null or ModelFormatException, $"At {length} bytes: {error}");
        }
    }

    [Property(MaxTest = 300)]
    public void Describe_OfDamagedBytes_ReadsOrThrowsTheOneException(int at, byte by)
    {
        var bytes = Model.ToArray();
        bytes[(int)((uint)at % bytes.Length)] = by;
        var error = Record.Exception(() => ModelFile.Describe(bytes));
        Assert.True(error is null or ModelFormatException, $"{error}");
    }

    [Fact]
    public void Describe_OfAnEmptyFile_SaysWhatItMustBe() =>
        Assert.Equal(
            "The file's 0 bytes have no IR version or no graph; they must be an ONNX model.",
            Assert.Throws<ModelFormatException>(() => ModelFile.Describe([])).Message);
}
