namespace Fairlead.Tidy.Rules;

/// <summary>A rule of the house: a pure function from a tree to the places that break it.</summary>
public sealed record Rule(string Name, Func<SourceTree, IEnumerable<Violation>> Check)
{
    /// <summary>Every rule. A new one also needs a planted violation, or a test fails.</summary>
    public static IReadOnlyList<Rule> All { get; } =
    [
        new("references", ReferenceTable.Check),
        new("solution", SolutionList.Check),
        new("file length", Lengths.CheckFiles),
        new("line length", Lengths.CheckLines),
        new("file size", FileSizes.Check),
        new("regions", Wording.CheckRegions),
        new("names", Wording.CheckNames),
        new("unfinished", Wording.CheckUnfinished),
        new("private words", PrivateWords.Check),
        new("root files", RootFiles.Check),
        new("document paths", DocumentPaths.Check),
        new("changelog", ChangelogShape.Check),
        new("pure core", PureCore.Check),
        new("log events", LogEvents.Check),
        new("operations tables", OperationsTables.Check),
    ];
}
