using EdgeModules.TwinModels;

// Writes models/dtdl of the repository that this was built from. What an id stands for never changes once it has been published, so a model that says
// something else under its old id is written only with --replace.
var isReplace = args is ["--replace"];
if (args.Length > 0 && !isReplace)
{
    Console.Error.WriteLine($"\"{string.Join(' ', args)}\" is no option; there is --replace, which writes models over others of the same id.");
    return 2;
}

var refused = ModelFiles.Write(ModelFiles.Find(AppContext.BaseDirectory), isReplace);
foreach (var id in refused)
{
    Console.Error.WriteLine(
        $"{id} is written down as another model. Raise the number in the module's ModelId, or, when that id was never published, give --replace.");
}

return refused.Count == 0 ? 0 : 1;
