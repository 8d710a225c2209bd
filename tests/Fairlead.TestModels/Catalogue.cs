namespace Fairlead.TestModels;

/// <summary>Every model in <c>tests/models</c>.</summary>
public static class Catalogue
{
    private static readonly Lazy<IReadOnlyList<TestModel>> Models = new(() =>
    [
        .. TabularModels.All(),
        .. TreeModels.All(),
        .. TextModels.All(),
        .. ImageModels.All(),
        .. NumericTypeModels.All(),
        .. BatchModels.All(),
        .. ShapeModels.All(),
        .. StructureModels.All(),
        .. ControlFlowModels.All(),
    ]);

    public static IReadOnlyList<TestModel> All => Models.Value;

    /// <summary>The folder with the committed files.</summary>
    public static string Folder { get; } = Path.Combine(RepositoryRoot(), "tests", "models");

    public static TestModel Get(string file) => All.Single(model => model.File == file);

    public static string PathOf(string file) => Path.Combine(Folder, Get(file).File);

    private static string RepositoryRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fairlead.slnx")))
        {
            folder = Path.GetDirectoryName(folder)
                ?? throw new DirectoryNotFoundException("The program does not run inside the repository.");
        }

        return folder;
    }
}
