using EdgeModules.Models.Onnx;

namespace EdgeModules.Models;

/// <summary>Looks for tensors that lie in other files, wherever a model can have tensors.</summary>
internal static class ExternalData
{
    public static bool IsIn(ModelProto model) =>
        IsIn(model.Graph)
        || model.TrainingInfo.Any(info => IsIn(info.Initialization) || IsIn(info.Algorithm))
        || model.Functions.Any(function => function.Node.Any(IsIn) || function.AttributeProto.Any(IsIn));

    private static bool IsIn(GraphProto? graph) =>
        graph is not null && (graph.Initializer.Any(IsIn) || graph.SparseInitializer.Any(IsIn) || graph.Node.Any(IsIn));

    private static bool IsIn(NodeProto node) => node.Attribute.Any(IsIn);

    private static bool IsIn(AttributeProto attribute) =>
        IsIn(attribute.T) || attribute.Tensors.Any(IsIn)
        || IsIn(attribute.G) || attribute.Graphs.Any(IsIn)
        || IsIn(attribute.SparseTensor) || attribute.SparseTensors.Any(IsIn);

    private static bool IsIn(SparseTensorProto? tensor) => tensor is not null && (IsIn(tensor.Values) || IsIn(tensor.Indices));

    private static bool IsIn(TensorProto? tensor) =>
        tensor is not null && (tensor.DataLocation == TensorProto.Types.DataLocation.External || tensor.ExternalData.Count > 0);
}
