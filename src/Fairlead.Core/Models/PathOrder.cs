using System.Text;

namespace Fairlead.Core.Models;

/// <summary>The order of paths by which other programs list files too: by code point, which is that of UTF-8.</summary>
internal static class PathOrder
{
    // UTF-16, by which texts are compared here, has the code points above U+FFFF before some of those below.
    public static Comparer<string> CodePoints { get; } = Comparer<string>.Create((one, other) =>
        Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)));
}
