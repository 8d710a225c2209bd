using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Series;

/// <summary>Figures of the business, for monitors to watch.</summary>
internal static class SeriesVerb
{
    public static Command Create(Terminal terminal) => new("series", "Post figures of the business, and see them")
    {
        SeriesPost.Create(terminal),
        SeriesList.Create(terminal),
    };
}
